package difftest

// explain gives the reason for a difference between the reference and us, if it is a known one, else "".
func explain(c *Case, want, got *Result) string {
	return ""
}
