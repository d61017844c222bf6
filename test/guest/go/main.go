// Command go is a guest program that asks much of Go's runtime: goroutines on many
// threads, channels, garbage collection under load, timers, select, panics from
// nil pointers, signals, and the network poller. Each part prints one line that
// does not depend on timing.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var parts = []struct {
	name string
	run  func() any
}{
	{"goroutines", goroutines},
	{"channels", channels},
	{"collector", collector},
	{"timers", timers},
	{"selects", selects},
	{"panics", panics},
	{"signals", signals},
	{"network", network},
	{"preemption", preemption},
	{"profile", profile},
	{"mutexes", mutexes},
	{"threads", threads},
	{"stacks", stacks},
	{"pipes", pipes},
}

func main() {
	runtime.GOMAXPROCS(4)
	for _, p := range parts {
		if len(os.Args) > 1 && os.Args[1] != p.name {
			continue
		}
		fmt.Println(p.name, p.run())
	}
}

func goroutines() any {
	var sum atomic.Int64
	var wg sync.WaitGroup
	for i := range 10000 {
		wg.Go(func() {
			runtime.Gosched()
			sum.Add(int64(i))
		})
	}
	wg.Wait()
	return sum.Load()
}

// channels is a sieve: a chain of goroutines, one a prime.
func channels() any {
	ch := make(chan int)
	go func(first chan<- int) {
		for i := 2; ; i++ {
			first <- i
		}
	}(ch)
	sum := 0
	for range 150 {
		prime := <-ch
		sum += prime
		in, out := ch, make(chan int)
		go func() {
			for {
				if i := <-in; i%prime != 0 {
					out <- i
				}
			}
		}()
		ch = out
	}
	return sum
}

type tree struct {
	l, r *tree
	v    int
}

func grow(depth int) *tree {
	if depth == 0 {
		return &tree{v: 1}
	}
	return &tree{grow(depth - 1), grow(depth - 1), depth}
}

func (t *tree) sum() int {
	if t == nil {
		return 0
	}
	return t.v + t.l.sum() + t.r.sum()
}

func collector() any {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	var wg sync.WaitGroup
	var sum atomic.Int64
	for range 4 {
		wg.Go(func() {
			keep := map[int]*tree{}
			for i := range 60 {
				keep[i%7] = grow(8)
				if i%20 == 0 {
					runtime.GC()
				}
			}
			for _, t := range keep {
				sum.Add(int64(t.sum()))
			}
		})
	}
	wg.Wait()
	return sum.Load()
}

func timers() any {
	var n atomic.Int32
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Add(1)
		time.AfterFunc(time.Duration(i%10)*time.Millisecond, func() { n.Add(1); wg.Done() })
	}
	wg.Wait()
	tick := time.NewTicker(time.Millisecond)
	for range 20 {
		<-tick.C
	}
	tick.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	start := time.Now()
	time.Sleep(3 * time.Millisecond)
	return fmt.Sprint(n.Load(), ctx.Err(), time.Since(start) >= 3*time.Millisecond)
}

func selects() any {
	a, b, done := make(chan int), make(chan int), make(chan bool)
	for _, c := range []chan int{a, b} {
		go func() {
			for i := range 2000 {
				c <- i
			}
			done <- true
		}()
	}
	sum, ended := 0, 0
	for ended < 2 {
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += 2 * v
		case <-done:
			ended++
		}
	}
	return sum
}

func panics() any {
	caught, stopped := 0, 0
	var wg sync.WaitGroup
	var mu sync.Mutex
	for g := range 4 {
		wg.Go(func() {
			for i := range 100 {
				func() {
					defer func() {
						var re runtime.Error
						if err, ok := recover().(error); ok && errors.As(err, &re) {
							mu.Lock()
							caught++
							mu.Unlock()
						}
					}()
					switch i % 4 {
					case 0:
						var t *tree
						t.v = g // a fault
					case 1:
						var s []int
						_ = s[i]
					case 2:
						zero := i - i
						_ = 1 / zero
					case 3:
						var t *[1 << 30]int
						_ = t[i*1000]
					}
					mu.Lock()
					stopped++
					mu.Unlock()
				}()
			}
		})
	}
	wg.Wait()
	return fmt.Sprint(caught, " ", stopped)
}

func signals() any {
	c := make(chan os.Signal, 100)
	signal.Notify(c, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP)
	defer signal.Stop(c)
	got := map[os.Signal]int{}
	for range 30 {
		for _, s := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP} {
			syscall.Kill(os.Getpid(), s)
			got[<-c]++
		}
	}
	return fmt.Sprint(got[syscall.SIGUSR1], got[syscall.SIGUSR2], got[syscall.SIGHUP])
}

func network() any {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	var wg sync.WaitGroup
	var bad atomic.Int32
	for g := range 8 {
		wg.Go(func() {
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				bad.Add(1)
				return
			}
			defer c.Close()
			r := rand.New(rand.NewPCG(uint64(g), 1))
			buf := make([]byte, 3000)
			for range 50 {
				for i := range buf {
					buf[i] = byte(r.Uint32())
				}
				want := sha256.Sum256(buf)
				c.SetDeadline(time.Now().Add(20 * time.Second))
				if _, err := c.Write(buf); err != nil {
					bad.Add(1)
				}
				if _, err := io.ReadFull(c, buf); err != nil || sha256.Sum256(buf) != want {
					bad.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return bad.Load()
}

var sink atomic.Int64

// preemption: loops without calls must let the collector in.
func preemption() any {
	stop := make(chan bool)
	for range 4 {
		go func() {
			n := int64(0)
			for i := int64(0); ; i++ {
				n += i * i
				if n == 42 {
					sink.Store(n)
				}
			}
		}()
	}
	go func() {
		for range 5 {
			runtime.GC()
		}
		close(stop)
	}()
	<-stop
	return "ok"
}

// profile has SIGPROF sample two threads that compute, until the samples name the function.
func profile() any {
	var b bytes.Buffer
	for n := 50 * time.Millisecond; ; n *= 2 {
		b.Reset()
		if err := pprof.StartCPUProfile(&b); err != nil {
			return err
		}
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { sampled(time.Now().Add(n)) })
		}
		wg.Wait()
		pprof.StopCPUProfile()
		z, err := gzip.NewReader(&b)
		if err != nil {
			return err
		}
		if raw, err := io.ReadAll(z); err != nil || bytes.Contains(raw, []byte("main.sampled")) {
			return err == nil
		}
	}
}

//go:noinline
func sampled(end time.Time) {
	for x := uint64(1); time.Now().Before(end); {
		for range 100_000 {
			x = x*6364136223846793005 + 1
		}
		runtime.KeepAlive(x)
	}
}

func mutexes() any {
	var mu sync.Mutex
	var rw sync.RWMutex
	cond := sync.NewCond(&mu)
	n, m, turn := 0, 0, 0
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for range 500 {
				mu.Lock()
				n++
				mu.Unlock()
				rw.Lock()
				m++
				rw.Unlock()
				rw.RLock()
				_ = m
				rw.RUnlock()
			}
			for range 20 {
				mu.Lock()
				for turn%8 != g {
					cond.Wait()
				}
				turn++
				cond.Broadcast()
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return fmt.Sprint(n, m, turn)
}

// threads: goroutines that keep their threads, which end with them.
func threads() any {
	var wg sync.WaitGroup
	var mu sync.Mutex
	tids := map[int]bool{}
	hold := make(chan bool)
	for range 60 {
		wg.Go(func() {
			runtime.LockOSThread()
			mu.Lock()
			tids[syscall.Gettid()] = true
			if len(tids) == 60 {
				close(hold)
			}
			mu.Unlock()
			<-hold
		})
	}
	wg.Wait()
	return len(tids)
}

func deep(n int, a [64]int) int {
	if n == 0 {
		return a[3]
	}
	a[n%64] = n
	return deep(n-1, a) + a[(n+1)%64]
}

// stacks grow and shrink on many threads.
func stacks() any {
	var wg sync.WaitGroup
	res := make([]int, 16)
	for i := range res {
		wg.Go(func() {
			for range 5 {
				res[i] += deep(2000+i, [64]int{})
			}
		})
	}
	wg.Wait()
	sort.Ints(res)
	return res[0] + res[15]
}

func pipes() any {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	go func() {
		defer w.Close()
		for i := range 2000 {
			fmt.Fprintln(w, i)
		}
	}()
	b, err := io.ReadAll(r)
	return fmt.Sprint(len(b), err)
}
