package gdb

import (
	"bytes"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"armature/linuxuser"
	"armature/syscalls/host"
	"armature/tcg/cpu"
	"armature/tcg/state"
)

func TestDecoder(t *testing.T) {
	type thing struct {
		kind int
		data string
	}
	long := strings.Repeat("a", packetSize+1)
	for _, c := range []struct {
		in   string
		want []thing
	}{
		{"$#00", []thing{{gotPacket, ""}}},
		{"+$OK#9a-\x03", []thing{{gotPacket, "OK"}, {gotResend, ""}, {gotInterrupt, ""}}},
		{"$OK#9b$OK#9A", []thing{{gotBad, ""}, {gotPacket, "OK"}}},
		{"$OK#zz", []thing{{gotBad, ""}}},
		{"$half$OK#9a", []thing{{gotPacket, "OK"}}},
		{"$a}\x03b#04", []thing{{gotBad, ""}}},
		{string(frame([]byte("a}\x03}]b}"))), []thing{{gotPacket, "a#}b}"}}},
		{string(frame([]byte("a\x03b"))), []thing{{gotPacket, "a\x03b"}}},
		{string(frame([]byte(long))) + "$OK#9a", []thing{{gotBad, ""}, {gotPacket, "OK"}}},
		{string(frame([]byte(long[1:]))), []thing{{gotPacket, long[1:]}}},
		{"noise#00$OK", nil},
	} {
		for _, piece := range []int{len(c.in), 1, 3} { // in one read, or in many
			var d decoder
			var got []thing
			for chunk := range slices.Chunk([]byte(c.in), piece) {
				for {
					kind, data, rest, ok := d.next(chunk)
					if !ok {
						break
					}
					got = append(got, thing{kind, string(data)})
					chunk = rest
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%.60q by %d: got %.80v, want %.80v", c.in, piece, got, c.want)
			}
		}
	}
}

func TestEscape(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	b, n := escape(nil, all, 1000)
	if n != 256 || len(b) != 260 || !bytes.Equal(unescape(slices.Clone(b)), all) {
		t.Errorf("%d bytes taken, %q", n, b)
	}
	for room := range 10 {
		b, n := escape(nil, []byte("a#b*c"), room)
		if len(b) > room || !bytes.Equal(unescape(b), []byte("a#b*c")[:n]) {
			t.Errorf("room for %d: %d bytes taken, %q", room, n, b)
		}
	}
}

func TestSignals(t *testing.T) {
	seen := map[uint8]int{}
	for sig := 1; sig <= 64; sig++ {
		n := gdbSignal(sig)
		if n == 0 || seen[n] != 0 || linuxSignal(uint64(n)) != sig {
			t.Errorf("signal %d: gdb's %d, and back %d; also %d's", sig, n, linuxSignal(uint64(n)), seen[n])
		}
		seen[n] = sig
	}
	for sig, n := range map[int]uint8{2: 2, 7: 10, 10: 30, 11: 11, 17: 20, 23: 16, 32: 77, 33: 45, 34: 46, 63: 75, 64: 78} {
		if gdbSignal(sig) != n {
			t.Errorf("signal %d is gdb's %d, want %d", sig, gdbSignal(sig), n)
		}
	}
	if gdbSignal(0) != 0 || gdbSignal(65) != 0 || linuxSignal(0) != 0 || linuxSignal(7) != 0 || linuxSignal(1<<40) != 0 {
		t.Error("numbers that are no signal's")
	}
}

func TestDescription(t *testing.T) {
	var target struct {
		Architecture string `xml:"architecture"`
		Features     []struct {
			Name string `xml:"name,attr"`
			Regs []struct {
				Name string `xml:"name,attr"`
				Bits int    `xml:"bitsize,attr"`
				Type string `xml:"type,attr"`
			} `xml:"reg"`
		} `xml:"feature"`
	}
	d := xml.NewDecoder(strings.NewReader(targetXML))
	if err := d.Decode(&target); err != nil {
		t.Fatal(err)
	}
	i := 0
	for _, f := range target.Features {
		for _, r := range f.Regs {
			if i >= len(registers) || r.Name != registers[i].name || r.Bits != 8*registers[i].size || r.Type == "" {
				t.Fatalf("register %d is %+v", i, r)
			}
			i++
		}
	}
	if i != len(registers) || target.Architecture != "aarch64" || len(target.Features) != 3 {
		t.Errorf("%d of %d registers, %d features", i, len(registers), len(target.Features))
	}
	for n, name := range map[int]string{regFP: "x29", regSP: "sp", regPC: "pc"} {
		if registers[n].name != name {
			t.Errorf("register %d is %s, want %s", n, registers[n].name, name)
		}
	}
}

func TestRegisters(t *testing.T) {
	var a, b state.CPU
	a.Init()
	b.Init()
	for i := range a.X {
		a.X[i] = uint64(i) * 0x0123456789abcdef
	}
	for i := range a.V {
		a.V[i] = state.V{Lo: uint64(i) << 40, Hi: ^uint64(i)}
	}
	a.PC, a.TPIDR, a.Flags = 0x400000, 0x1234, state.PackNZCV(0b1010)
	a.SetFPCR(state.FPCRDN | 1<<22)
	a.SetFPSR(state.FPSRQC | state.FPSRIXC)
	all := allRegisters(&a)
	if !setAll(&b, all) || !bytes.Equal(allRegisters(&b), all) || b.V != a.V || b.X != a.X || b.MXCSR != a.MXCSR {
		t.Error("registers are not what was set")
	}
	if setAll(&b, all[1:]) || setAll(&b, append(all, 0)) {
		t.Error("a wrong length is taken")
	}
}

func TestCommands(t *testing.T) {
	k := newClient(t)
	copy(k.mem, "hello, #$}*")
	k.cpus[100].X[0] = 0x1122
	exe := hex.EncodeToString([]byte("/bin/true"))
	maps := hex.EncodeToString([]byte("/proc/self/maps"))
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "file"), []byte("content"), 0o644)
	os.Symlink("elsewhere", filepath.Join(dir, "link"))
	path := func(name string) string { return hex.EncodeToString([]byte(filepath.Join(dir, name))) }
	for _, c := range []struct{ packet, want string }{
		{"?", "T05thread:64;1d:0000000000000000;1f:0000000000000000;20:9001010000000000;"},
		{"", ""}, {"!", ""}, {"vMustReplyEmpty", ""}, {"R00", ""}, {"qNone", ""}, {"QNone:1", ""}, {"v", ""},
		{"qC", "QC64"}, {"qAttached", "1"}, {"qAttached:64", "1"}, {"vCont?", "vCont;c;C;s;S;t;r"},
		{"qfThreadInfo", "m64,65"}, {"qsThreadInfo", "l"},
		{"qThreadExtraInfo,65", hex.EncodeToString([]byte("a<b, in futex"))}, {"qThreadExtraInfo,99", errThread},
		{"T64", ok}, {"T66", errThread}, {"Tx", errThread}, {"T-1", errThread},
		{"p0", "2211000000000000"}, {"p20", "9001010000000000"}, {"p21", "00000000"}, {"pff", errRegister}, {"p", errRegister},
		{"P0=0100000000000000", ok}, {"p0", "0100000000000000"}, {"P0=01", errRegister}, {"P0", errRegister}, {"Pffff=00", errRegister},
		{"Hg65", ok}, {"p20", "9401010000000000"}, {"Hg66", errThread}, {"Hx64", errSyntax}, {"H", errSyntax}, {"Hg0", ok}, {"qC", "QC65"},
		{"Hgp64.64", ok}, {"qC", "QC64"}, {"Hgp65.64", errThread}, {"Hgp0.0", ok}, {"Hc-1", ok},
		{"m10000,5", "68656c6c6f"}, {"m0,5", errMemory}, {"m1fffe,5", "0000"}, {"m10000,0", ""}, {"m", errSyntax}, {"m10000", errSyntax},
		{"mffffffffffffffff,ffffffffffffffff", errMemory}, {"m10000,g", errSyntax},
		{"x10007,4", "b#$}*"}, {"x0,1", errMemory},
		{"M10000,2:4142", ok}, {"m10000,3", "41426c"}, {"M10000,3:4142", errSyntax}, {"M10000,2:414", errSyntax}, {"M0,1:00", errMemory},
		{"X10000,0:", ok}, {"X10000,2:x:", ok}, {"m10000,3", "783a6c"}, {"X10000,2:}\x03}\x04", ok}, {"m10000,2", "2324"}, {"X", errSyntax},
		{"qXfer:auxv:read::0,100", "lmade auxv"}, {"qXfer:auxv:read::2,3", "mde "}, {"qXfer:auxv:read::9,3", "l"},
		{"qXfer:exec-file:read::0,100", "l/bin/true"}, {"qXfer:exec-file:read:64:0,100", "l/bin/true"}, {"qXfer:exec-file:read:65:0,100", errNothing},
		{"qXfer:features:read:other.xml:0,10", errNothing}, {"qXfer:none:read::0,10", ""}, {"qXfer:auxv:write::0:00", ""}, {"qXfer:auxv", ""},
		{"qXfer:auxv:read::x", errSyntax}, {"qXfer:auxv:read::ffffffffffffffff,1", "l"},
		{"qXfer:threads:read::0,1000", "l<?xml version=\"1.0\"?>\n<threads>\n<thread id=\"64\" name=\"main\"></thread>\n<thread id=\"65\" name=\"a&lt;b\">in futex</thread>\n</threads>\n"},
		{"QPassSignals:e;1e", ok}, {"QPassSignals:", ok}, {"QPassSignals:x", errSyntax},
		{"QCatchSyscalls:1", ok}, {"QCatchSyscalls:1;40;39", ok}, {"QCatchSyscalls:0", ok}, {"QCatchSyscalls:1;x", errSyntax}, {"QCatchSyscalls:2", errSyntax}, {"QCatchSyscalls:1;ffffffffffffffff", ok},
		{"qGetTLSAddr:64,10,0", errNothing}, {"qGetTLSAddr:64,10", errSyntax}, {"qGetTLSAddr:99,10,0", errThread}, {"qGetTLSAddr:64,10,12000", errNothing},
		{"qSymbol:10:61", ok}, {"qSymbol::61", ok},
		{"qSymbol::", "qSymbol:" + hex.EncodeToString([]byte(modidSymbol))}, {"qSymbol:11000:" + hex.EncodeToString([]byte(modidSymbol)), ok}, {"qSymbol::", ok},
		{"vFile:setfs:0", "F0"},
		{"vFile:open:" + path("file") + ",0,0", "F0"}, {"vFile:pread:0,100,3", "F4;tent"}, {"vFile:pread:0,3,0", "F3;con"}, {"vFile:pread:0,3,100", "F0;"},
		{"vFile:pread:0,1,ffffffffffffffff", "F-1,16"}, {"vFile:pread:1,1,0", "F-1,9"}, {"vFile:pread:ffffffff,1,0", "F-1,9"},
		{"vFile:open:" + maps + ",0,0", "F1"}, {"vFile:pread:1,100,1", "F8;ade maps"}, {"vFile:pread:1,100,ffff", "F0;"},
		{"vFile:close:0", "F0"}, {"vFile:close:0", "F-1,9"}, {"vFile:close:1", "F0"}, {"vFile:close:zz", "F-1,16"},
		{"vFile:open:" + path("none") + ",0,0", "F-1,2"}, {"vFile:open:" + path("file") + ",2,0", "F-1,1e"}, {"vFile:open:zz,0,0", "F-1,16"},
		{"vFile:readlink:" + path("link"), "F9;elsewhere"}, {"vFile:readlink:" + path("file"), "F-1,16"},
		{"vFile:readlink:" + hex.EncodeToString([]byte("/proc/self/exe")), "F9;/bin/true"},
		{"vFile:unlink:" + exe, ""}, {"vFile:", ""}, {"vFile:open", ""},
		{"Z0,10004,4", ok}, {"Z1,10004,4", ok}, {"Z0,10002,4", errMemory}, {"Z0,0,4", errMemory}, {"Z0,10004", errSyntax}, {"Z", errSyntax}, {"Z9,10004,4", ""},
		{"z0,10004,4", ok}, {"z0,10008,4", ok}, {"Z2,10010,8", ok}, {"Z4,10020,1", ok}, {"Z3,10030,0", errMemory}, {"Z2,ffffffffffffffff,8", errMemory},
		{"z4,10020,1", ok},
	} {
		if got := k.ask(c.packet); got != c.want {
			t.Errorf("%q: %q, want %q", c.packet, got, c.want)
		}
	}
	if got := k.ask("qSupported:multiprocess+;exec-events+;swbreak+"); !strings.Contains(got, "PacketSize=4000;") || !k.s.multi || !k.s.execEvents {
		t.Error(got)
	}
	if got := k.ask("qfThreadInfo"); got != "mp64.64,p64.65" {
		t.Error(got)
	}
	if got := k.ask("g"); len(got) != 2*(34*8-4+32*16+8+8) {
		t.Errorf("g has %d digits", len(got))
	} else if k.ask("G"+got) != ok || k.ask("G00") != errSyntax {
		t.Error("G")
	}
	if k.ask("vCont;c") != "none" || !slices.Equal(k.breaks, []uint64{0x10004}) || len(k.watches) != 1 {
		t.Errorf("breakpoints %x, watches %v", k.breaks, k.watches)
	}
	if k.watches[0] != (cpu.Watch{Range: cpu.Range{Lo: 0x10010, Hi: 0x10018}, Store: true}) {
		t.Errorf("%+v", k.watches[0])
	}
}

func TestTLS(t *testing.T) {
	k := newClient(t)
	put := func(addr uint64, words ...uint64) {
		for i, w := range words {
			le.PutUint64(k.mem[addr-fakeBase+8*uint64(i):], w)
		}
	}
	// Two program headers, the second of a TLS segment aligned to 64.
	k.aux = []uint64{3, 0x12000, 4, 56, 5, 2, 0, 0}
	put(0x12000+56, 7)
	put(0x12000+56+48, 64)
	k.cpus[100].TPIDR = 0x13000
	// What glibc tells, a module's link_map, the thread's vector.
	put(0x11000, 1<<32|64, 0x440)
	put(0x14000+0x440, 3)
	put(0x13000, 0x15000)
	put(0x15000+16*3, 0x16000)
	put(0x14800+0x440, 4)
	put(0x15000+16*4, ^uint64(0))
	if got := k.ask("qGetTLSAddr:64,8,0"); got != "13048" {
		t.Errorf("static: %s", got)
	}
	if got := k.ask("qGetTLSAddr:64,8,14000"); got != errNothing {
		t.Errorf("without the symbol: %s", got)
	}
	k.ask("qSymbol:11000:" + hex.EncodeToString([]byte(modidSymbol)))
	for packet, want := range map[string]string{
		"qGetTLSAddr:64,8,14000": "16008", "qGetTLSAddr:64,8,14800": errNothing, "qGetTLSAddr:64,8,1": errMemory, "qGetTLSAddr:65,8,14000": errNothing,
	} {
		if got := k.ask(packet); got != want {
			t.Errorf("%s: %s, want %s", packet, got, want)
		}
	}
}

// A whole description can be read piece by piece.
func TestTransfer(t *testing.T) {
	k := newClient(t)
	var got string
	for i := 0; ; i++ {
		r := k.ask(fmt.Sprintf("qXfer:features:read:target.xml:%x,ff", len(got)))
		got += r[1:]
		if r[0] == 'l' {
			break
		}
		if r[0] != 'm' || i > 100 {
			t.Fatalf("%.20q", r)
		}
	}
	if got != targetXML {
		t.Errorf("got %d bytes of %d", len(got), len(targetXML))
	}
}

func TestResume(t *testing.T) {
	act := func(a linuxuser.Action) string { return fmt.Sprintf("%+v", a) }
	run, step, stay := act(linuxuser.Action{Run: true}), act(linuxuser.Action{Run: true, Step: true}), act(linuxuser.Action{})
	for _, c := range []struct{ before, packet, first, second string }{
		{"", "c", run, run},
		{"Hc65", "s", stay, step},
		{"Hc0", "s", step, step},
		{"Hc0", "C0b", act(linuxuser.Action{Run: true, Signal: 11}), run},
		{"Hg65", "C0a", run, act(linuxuser.Action{Run: true, Signal: 7})},
		{"", "vCont;c", run, run},
		{"", "vCont;s:65;c", run, step},
		{"", "vCont;s:64", step, stay},
		{"", "vCont;S1e:p64.65;c:p64.-1", run, act(linuxuser.Action{Run: true, Step: true, Signal: 10})},
		{"", "vCont;r10000,10010:64;c", act(linuxuser.Action{Run: true, Step: true, Lo: 0x10000, Hi: 0x10010}), run},
		{"", "vCont;t:65;c", run, stay},
		{"", "vCont;C00", run, run},
	} {
		t.Run(c.packet, func(t *testing.T) {
			k := newClient(t)
			if c.before != "" && k.ask(c.before) != ok {
				t.Error(c.before)
			}
			if r := k.ask(c.packet); r != "none" || len(k.log) != 2 || k.log[0] != "100 "+c.first || k.log[1] != "101 "+c.second {
				t.Errorf("%s %s: %q, %q", c.before, c.packet, r, k.log)
			}
			// Until the process has stopped there is little to be had.
			for _, p := range []string{"g", "m10000,1", "vCont;c", "c", "?", "vFile:setfs:0", "qXfer:auxv:read::0,1"} {
				if r := k.ask(p); r != errRunning {
					t.Errorf("%s while running: %q", p, r)
				}
			}
			k.s.take([]byte{3})
			if k.log[len(k.log)-1] != "interrupt" {
				t.Errorf("^C: %q", k.log)
			}
		})
	}
	k := newClient(t)
	for packet, want := range map[string]string{
		"vCont;": errSyntax, "vCont;q": errSyntax, "vCont;c:66": errThread, "vCont;c:x": errThread, "vCont;Cff": errSyntax, "vCont;C": errSyntax,
		"vCont;r1": errSyntax, "vCont;t": errThread, "c10000": errSyntax, "vCont;C07": errSyntax,
	} {
		if r := k.ask(packet); r != want {
			t.Errorf("%s: %q, want %q", packet, r, want)
		}
	}
	if len(k.log) != 0 {
		t.Errorf("resumed: %q", k.log)
	}
}

func TestEvents(t *testing.T) {
	tail := "thread:65;1d:0000000000000000;1f:0000000000000000;20:9401010000000000;"
	for _, c := range []struct {
		e    linuxuser.Event
		want string
	}{
		{linuxuser.Event{Kind: linuxuser.EventSignal, TID: 101, Signal: 7}, "T0a" + tail},
		{linuxuser.Event{Kind: linuxuser.EventStep, TID: 101, Signal: 5}, "T05" + tail},
		{linuxuser.Event{Kind: linuxuser.EventBreakpoint, TID: 101, Signal: 5}, "T05hwbreak:;" + tail},
		{linuxuser.Event{Kind: linuxuser.EventWatch, TID: 101, Signal: 5, Addr: 0x10012}, "T05awatch:10012;" + tail},
		{linuxuser.Event{Kind: linuxuser.EventSyscall, TID: 101, Signal: 5, Addr: 64}, "T05syscall_entry:40;" + tail},
		{linuxuser.Event{Kind: linuxuser.EventReturn, TID: 101, Signal: 5, Addr: 64}, "T05syscall_return:40;" + tail},
		{linuxuser.Event{Kind: linuxuser.EventNoThreads}, "N"},
		{linuxuser.Event{Kind: linuxuser.EventExit, Status: 255}, "Wff"},
		{linuxuser.Event{Kind: linuxuser.EventKill, Signal: 7}, "X0a"},
	} {
		t.Run(c.want, func(t *testing.T) {
			k := newClient(t)
			k.ask("Z1,10194,4")
			k.ask("Z4,10010,4")
			k.ask("c")
			k.s.lastSent = nil
			k.events = []linuxuser.Event{c.e}
			k.s.events()
			if got := string(k.s.lastSent); got != string(frame([]byte(c.want))) {
				t.Errorf("%+v: %q, want %q", c.e, got, c.want)
			}
			if ends := c.e.Kind == linuxuser.EventExit || c.e.Kind == linuxuser.EventKill; ends != k.s.over || ends != (k.log[len(k.log)-1] == "release") {
				t.Errorf("%+v: over %v, %q", c.e, k.s.over, k.log)
			}
		})
	}
	k := newClient(t)
	k.ask("qSupported:multiprocess+")
	k.ask("c")
	k.events = []linuxuser.Event{{Kind: linuxuser.EventExit, Status: 1}}
	k.s.events()
	if string(k.s.lastSent) != string(frame([]byte("W01;process:64"))) {
		t.Errorf("%q", k.s.lastSent)
	}
}

// The connection: acknowledgements, and its end.
func TestServe(t *testing.T) {
	k := newClient(t)
	k.s.noAck = false
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	k.wake = r
	k.note("start")
	done := make(chan bool)
	go func() { k.s.serve(); close(done) }()
	buf := make([]byte, 4096)
	say := func(text string) string {
		if _, err := k.c.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		n, err := k.c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
	if got := say("$qC#b4"); !strings.HasPrefix(got, "+") {
		t.Errorf("%q", got)
	}
	for got := ""; !strings.HasSuffix(got, "-"); { // the rest of that, and then this
		got = say("$qC#00")
		if !strings.Contains(got, "-") && !strings.Contains(got, "QC64") {
			t.Fatalf("%q", got)
		}
	}
	k.c.Close()
	<-done
	if k.log[len(k.log)-1] != "detach" {
		t.Errorf("%q", k.log)
	}
}

func TestHandover(t *testing.T) {
	h := handover{fd: 1000, noAck: true, execEvents: true, pass: host.Bit(14)}
	s, err := Inherit(h.String())
	if err != nil || *s.from != h {
		t.Errorf("%s: %v, %+v", h.String(), err, s)
	}
	for _, bad := range []string{"", "1", "x,,0", "1,n,0", "1000,n", "1000,n,zz"} {
		if _, err := Inherit(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, good := range []string{"1234", ":0", "127.0.0.1:1234", "localhost:65535", "0.0.0.0:1", "/tmp/x", "./x"} {
		if _, err := New(good, nil); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "x", "65536", "-1", "1.2.3:4", "1.2.3.256:4", "host:4", "127.0.0.1:"} {
		if _, err := New(bad, nil); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// FuzzServer feeds bytes to a server, as a connection that cannot be trusted would.
func FuzzServer(f *testing.F) {
	for _, p := range []string{
		"qSupported:multiprocess+", "?", "g", "m10000,10", "x10000,20", "M10000,2:0102", "X10000,2:ab", "P0=0000000000000000", "p0", "Hgp64.65",
		"Z0,10000,4", "z2,10000,8", "Z2,10000,8", "vCont;s:65;c", "vCont;r1,2", "C0b", "qXfer:auxv:read::0,ff", "qXfer:threads:read::0,ff",
		"vFile:open:2f,0,0", "vFile:pread:0,10,0", "vFile:fstat:0", "vFile:readlink:2f", "qThreadExtraInfo,64", "QPassSignals:1;2", "T64", "D", "k",
	} {
		f.Add(frame([]byte(p)))
	}
	f.Add([]byte("$$$#\x03-+$a}#"))
	null, err := syscall.Open(os.DevNull, syscall.O_RDWR, 0)
	if err != nil {
		f.Fatal(err)
	}
	sink, e := host.Keep(uintptr(null))
	if e != 0 {
		f.Fatal(syscall.Errno(-e))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p := newFake()
		p.jail = true
		s := &Server{conn: sink}
		s.begin(p)
		// Framed and as they are.
		for _, in := range [][]byte{frame(b), b} {
			s.lost = false
			s.take(in)
			p.running = false
		}
		for i := range s.files {
			s.closeFile(i)
		}
	})
}
