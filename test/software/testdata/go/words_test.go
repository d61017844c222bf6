package words

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestTop(t *testing.T) {
	text := strings.Repeat("the cat and the dog\n", 2000)
	want := []Count{{"the", 4000}, {"and", 2000}, {"cat", 2000}}
	for _, workers := range []int{1, 2, 16} {
		got, err := Top(strings.NewReader(text), 3, workers)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers: %v, %v", workers, got, err)
		}
	}
}

func TestHTTP(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		list, _ := Top(r.Body, 1, 2)
		fmt.Fprint(w, list)
	}))
	defer s.Close()
	for i := 0; i < 50; i++ {
		r, err := http.Post(s.URL, "text/plain", strings.NewReader("a b b"))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if string(body) != "[{b 2}]" || err != nil {
			t.Fatalf("%q, %v", body, err)
		}
	}
}

func TestExec(t *testing.T) {
	out, err := exec.Command("uname", "-m").Output()
	if strings.TrimSpace(string(out)) != "aarch64" || err != nil {
		t.Errorf("%q, %v", out, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := exec.CommandContext(ctx, "sleep", "1000").Run(); err == nil {
		t.Error("sleep ended by itself")
	}
}

func TestSignal(t *testing.T) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	defer signal.Stop(c)
	for i := 0; i < 100; i++ {
		syscall.Kill(os.Getpid(), syscall.SIGUSR1)
		<-c
	}
}

func TestNil(t *testing.T) {
	defer func() {
		if e, ok := recover().(runtime.Error); !ok {
			t.Errorf("recovered %v", e)
		}
	}()
	var c *Count
	c.N++
}

// TestPreempted has goroutines that never call anything make way for the garbage collector.
func TestPreempted(t *testing.T) {
	var stop int32
	done := make(chan bool)
	for i := 0; i < 4; i++ {
		go func() {
			for atomic.LoadInt32(&stop) == 0 {
			}
			done <- true
		}()
	}
	for i := 0; i < 3; i++ {
		runtime.GC()
	}
	atomic.StoreInt32(&stop, 1)
	for i := 0; i < 4; i++ {
		<-done
	}
}

func TestGarbage(t *testing.T) {
	var keep [100][]byte
	h := sha256.New()
	for i := 0; i < 5000; i++ {
		keep[i%100] = make([]byte, 10000+i)
		h.Write(keep[i%100][:64])
	}
	runtime.GC()
	if got := fmt.Sprintf("%.4x", h.Sum(nil)); got != fmt.Sprintf("%.4x", sha256.Sum256(make([]byte, 5000*64))) {
		t.Error(got)
	}
}

func BenchmarkTop(b *testing.B) {
	for i := 0; i < b.N; i++ {
		Top(strings.NewReader("a b c d\nb c d\n"), 2, 2)
	}
}
