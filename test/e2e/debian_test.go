package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lorem is deterministic text with some structure, for tools that read text.
func lorem(lines int) string {
	var b strings.Builder
	x := uint32(12345)
	for i := range lines {
		for range 6 {
			x = x*1664525 + 1013904223
			fmt.Fprintf(&b, "%s%d ", []string{"alpha", "beta", "gamma", "delta", "eps"}[x>>16%5], x>>20%100)
		}
		fmt.Fprintf(&b, "%d\n", i*7919%1000)
	}
	return b.String()
}

const pythonScript = `
import hashlib, json, re, struct, math, decimal, fractions, random, zlib, base64, collections, itertools, datetime, string
print(hashlib.sha256(b"x" * 10000).hexdigest(), hashlib.md5(b"y").hexdigest(), zlib.crc32(b"hello" * 99))
print(json.dumps({"b": [1, 2.5, None, True], "a": {"x": "\u00fc"}}, sort_keys=True), json.loads("[1e3, -0.0]"))
print(re.sub(r"(\w+)@(\w+)\.com", r"\2 at \1", "joe@example.com, ann@test.com"), re.findall(r"\d{2,}", "1 22 333"))
print(struct.pack("<hIqd", -2, 7, 1 << 40, 1.5).hex(), struct.unpack(">f", b"\x40\x49\x0f\xdb"))
print(math.factorial(60), 2 ** 200 // 3 ** 50, math.sqrt(2), math.sin(1e6), float("1e-320"), 0.1 + 0.2)
decimal.getcontext().prec = 40
print(decimal.Decimal(2).sqrt(), fractions.Fraction(355, 113) * 7)
random.seed(42)
print(random.random(), random.sample(range(1000), 5), sorted(random.choices("abcdef", k=12)))
print(base64.b85encode(bytes(range(40))), collections.Counter("mississippi").most_common(2))
def gen(n):
    a, b = 0, 1
    for _ in range(n):
        yield a
        a, b = b, a + b
print(sum(gen(300)), [x for x in itertools.islice(itertools.permutations("abcd"), 5)])
class A:
    def __init__(self, v): self.v = v
    def __lt__(self, o): return self.v < o.v
print([x.v for x in sorted(A((i * 7919) % 101) for i in range(20))])
try:
    1 // 0
except ZeroDivisionError as e:
    print("caught", e)
print(datetime.date(2024, 2, 29) + datetime.timedelta(366), "%08.3f|%-6s|%+d" % (3.14159, "ab", 5), f"{1234567.891:,.2f}")
print(sum(i * i % 7 for i in range(100000)), string.ascii_letters[::-3])
`

const perlScript = `
my %h; my @w = split /\s+/, join "", <STDIN>;
$h{$_}++ for @w;
printf "%s=%d ", $_, $h{$_} for (sort { $h{$b} <=> $h{$a} || $a cmp $b } keys %h)[0..9];
print "\n", join(",", map { sprintf "%.6f", sqrt $_ } 1..8), "\n";
my $s = "The quick brown fox"; $s =~ s/(\w+)/ucfirst reverse lc $1/ge; print "$s\n";
print unpack("H*", pack("NnCa5", 1<<30, 515, 7, "abc")), " ", 2**0.5, " ", 1e15+0.3, " ", 7 % -3, "\n";
sub f { my $n = shift; $n < 2 ? $n : f($n-1) + f($n-2) } print f(18), "\n";
`

const shellScript = `
set -e
f() { local n=$1; if ((n < 2)); then R=$n; else f $((n-1)); local a=$R; f $((n-2)); R=$((R+a)); fi; }
f 15; echo "fib $R"
declare -A m; for w in b a c a b a; do m[$w]=$((${m[$w]:-0}+1)); done
for k in a b c; do printf '%s=%s ' $k ${m[$k]}; done; echo
s="hello world"; echo "${s^^} ${s/o/0} ${s//o/0} ${#s} ${s:3:5} ${s%% *}"
arr=(5 3 9 1); for ((i=0;i<4;i++)); do for ((j=0;j<3;j++)); do if ((arr[j]>arr[j+1])); then t=${arr[j]}; arr[j]=${arr[j+1]}; arr[j+1]=$t; fi; done; done; echo "${arr[@]}"
[[ "file-123.txt" =~ ^([a-z]+)-([0-9]+)\.(.*)$ ]] && echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]} ${BASH_REMATCH[3]}"
printf '%05d|%-8s|%x|%q\n' 42 abc 255 "it's"
while read -r a b; do echo "$b-$a"; done <<< $'1 one\n2 two'
case "xyz" in x*) echo match;; *) echo none;; esac
echo $((0x1f ** 3 % 1000)) $((-7 / 2)) $((1 << 40)) {a..e}{1..2}
`

// realPrograms are programs of Debian's arm64 packages, none of which starts
// another process. The reference is the other emulator on the same binary.
var realPrograms = []struct {
	name  string
	argv  []string // argv[0] is a path, or a pattern, within the tree
	stdin string
}{
	{"bash", []string{"bin/bash", "-c", shellScript}, ""},
	{"dash", []string{"bin/dash", "-c", `i=0; while [ $i -lt 500 ]; do i=$((i+1)); case $i in *7) s="$s$i ";; esac; done; echo $s; printf '%s\n' "${s#* }"; echo ${#s}`}, ""},
	{"sort", []string{"usr/bin/sort", "--parallel=1", "-k2,2", "-k1,1n", "-s"}, lorem(400)},
	{"sort-numeric", []string{"usr/bin/sort", "--parallel=1", "-t", " ", "-k7,7g", "-u"}, lorem(400)},
	{"sha256sum", []string{"usr/bin/sha256sum"}, lorem(3000)},
	{"sha512sum", []string{"usr/bin/sha512sum"}, lorem(3000)},
	{"md5sum", []string{"usr/bin/md5sum"}, lorem(3000)},
	{"b2sum", []string{"usr/bin/b2sum"}, lorem(3000)},
	{"cksum", []string{"usr/bin/cksum"}, lorem(3000)},
	{"base64", []string{"usr/bin/base64"}, lorem(100)},
	{"wc", []string{"usr/bin/wc"}, lorem(1000)},
	{"tr", []string{"usr/bin/tr", "a-m", "N-Z"}, lorem(100)},
	{"cut", []string{"usr/bin/cut", "-d", " ", "-f", "2,5-"}, lorem(100)},
	{"od", []string{"usr/bin/od", "-t", "fD", "-N", "400"}, lorem(30)},
	{"seq", []string{"usr/bin/seq", "-f", "%.3e", "0", "0.37", "9"}, ""},
	{"factor", []string{"usr/bin/factor", "18446744073709551557", "1234567890123456789", "600851475143"}, ""},
	{"expr", []string{"usr/bin/expr", "123456789", "*", "987654321"}, ""},
	{"printf", []string{"usr/bin/printf", `%.20g %a %x\n`, "3.141592653589793238", "0.1", "255"}, ""},
	{"date", []string{"bin/date", "-u", "-d", "@1700000000", "+%c %j %U"}, ""},
	{"ls", []string{"bin/ls", "-1dF", "/", "/proc", "/dev/null"}, ""},
	{"cat-false", []string{"bin/cat", "/nonexistent/file"}, ""},
	{"sed", []string{"bin/sed", "-E", `s/([a-z]+)([0-9]+)/\2\1/g; 3,5d; $!N; s/\n/|/; y/abc/xyz/`}, lorem(200)},
	{"grep", []string{"bin/grep", "-nE", `(alpha|gamma)[0-9]*5 .* 9[0-9]*$`}, lorem(500)},
	{"grep-back", []string{"bin/grep", "-c", `\(a[0-9]\).*\1`}, lorem(500)},
	{"gawk", []string{"usr/bin/gawk", `{ n[$1]++; s += $NF * 1.5; l = length($0) > l ? length($0) : l } END { for (k in n) c++; printf "%d %.3f %d %s\n", c, s, l, toupper(substr($0, 3, 9)); print sin(1), exp(2), int(-3.7), index("banana", "nan") }`}, lorem(800)},
	{"bc", []string{"usr/bin/bc", "-l"}, "scale=60\n4*a(1)\ne(1)\n2^300\nsqrt(2)\ndefine f(n){ if(n<2) return n; return f(n-1)+f(n-2); }\nf(14)\n"},
	{"perl", []string{"usr/bin/perl", "-e", perlScript}, lorem(300)},
	{"python3", []string{"usr/bin/python3.*[0-9]", "-I", "-B", "-c", pythonScript}, ""},
	{"openssl-dgst", []string{"usr/bin/openssl", "dgst", "-sha3-256", "-hmac", "key"}, lorem(500)},
	{"openssl-sha1", []string{"usr/bin/openssl", "dgst", "-sha1"}, lorem(500)},
	{"openssl-enc", []string{"usr/bin/openssl", "enc", "-aes-128-cbc", "-K", "00112233445566778899aabbccddeeff", "-iv", "0102030405060708090a0b0c0d0e0f10", "-a"}, lorem(50)},
	{"openssl-gcm", []string{"usr/bin/openssl", "enc", "-chacha20", "-K", strings.Repeat("0f", 32), "-iv", strings.Repeat("01", 16), "-a"}, lorem(50)},
	{"openssl-prime", []string{"usr/bin/openssl", "prime", "170141183460469231731687303715884105727"}, ""},
	{"gzip", []string{"bin/gzip", "-9nc"}, lorem(800)},
	{"xz", []string{"usr/bin/xz", "-6c", "-T1"}, lorem(800)},
	{"bzip2", []string{"bin/bzip2", "-c"}, lorem(800)},
	{"as-version", []string{"usr/bin/aarch64-linux-gnu-as", "--version"}, ""},
	{"cc1", []string{"usr/lib/gcc/aarch64-linux-gnu/*/cc1", "-quiet", "-O2", "-", "-o", "-"}, "struct s { int a; double b; };\nint f(struct s *p, int n) { int t = 0; for (int i = 0; i < n; i++) t += p[i].a * (int)p[i].b; return t; }\n"},
	{"objdump", []string{"usr/bin/aarch64-linux-gnu-objdump", "-d", "--no-show-raw-insn", "/usr/lib/aarch64-linux-musl/crt1.o"}, ""},
}

// TestDebian runs real programs that nobody here wrote.
func TestDebian(t *testing.T) {
	tr := debian(t)
	// An empty directory that stays the same, so that reference runs are kept.
	dir := filepath.Join(root, "build", "empty")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, p := range realPrograms {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			path, err := tr.Find(p.argv[0])
			if err != nil {
				t.Fatal(err)
			}
			guest := append([]string{path}, p.argv[1:]...)
			opts := []string{"-L", tr.Path}
			want := reference(t, job{argv: slices.Concat(refer, opts, guest), stdin: p.stdin, dir: dir})
			if want.Hung || want.Signal != "" || want.Stdout+want.Stderr == "" {
				t.Fatalf("no reference: %s, stderr %q", want.end(), want.Stderr)
			}
			j := job{argv: underTest(opts, guest), stdin: p.stdin, dir: dir}
			got := run(t, j)
			compare(t, j, got, want)
			if got.Stderr != want.Stderr {
				t.Errorf("stderr %q, want %q", got.Stderr, want.Stderr)
			}
		})
	}
}
