package arm64

// Translator turns guest code into ir. One per translating thread, reused.
type Translator struct{}
