package rootfs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"armature/rootfs/archive"
	"armature/rootfs/tree"

	"golang.org/x/sys/unix"
)

// PackOptions are how Pack works.
type PackOptions struct {
	ModTime  time.Time // if not zero, the time of all entries
	Latest   time.Time // if not zero, later times become this one
	Log      func(format string, a ...any)
	Progress func(done, total int64) // bytes of files
}

// SourceDateEpoch gives the time that the environment variable of this name sets
// for reproducible builds, zero if it is not set.
func SourceDateEpoch() (time.Time, error) {
	s := os.Getenv("SOURCE_DATE_EPOCH")
	if s == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q, not a number of seconds", s)
	}
	return time.Unix(n, 0), nil
}

// shortNames of compressed archives.
var shortNames = map[string]string{".tgz": ".tar.gz", ".txz": ".tar.xz", ".tzst": ".tar.zst"}

// packFormat tells from its name what an archive is to be.
func packFormat(name string) (f archive.Format, comp string, err error) {
	base := filepath.Base(name)
	if long, ok := shortNames[filepath.Ext(base)]; ok {
		base = long
	}
	ext := filepath.Ext(base)
	if ext != ".tar" && ext != ".cpio" {
		comp = strings.TrimPrefix(ext, ".")
		ext = filepath.Ext(strings.TrimSuffix(base, ext))
	}
	if ext != ".tar" && ext != ".cpio" {
		return "", "", fmt.Errorf("%s: the name must end in .tar or .cpio, with .gz, .xz or .zst behind it or nothing", name)
	}
	_, err = archive.Compress(io.Discard, comp)
	return archive.Format(ext[1:]), comp, err
}

// Pack writes an archive of the tree dir to the file out, whose name tells its
// format: .tar or .cpio, with .gz, .xz or .zst behind it. The same tree gives the
// same bytes. The file takes its name when it is complete.
func Pack(ctx context.Context, dir, out string, o PackOptions) error {
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	format, comp, err := packFormat(out)
	if err != nil {
		return err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return err
	}
	if st, err := os.Stat(dir); err != nil {
		return err
	} else if !st.IsDir() {
		return &fs.PathError{Op: "pack", Path: dir, Err: syscall.ENOTDIR}
	}
	if err := outside(dir, out); err != nil {
		return err
	}
	entries, err := tree.Scan(dir, o.Log)
	if err != nil {
		return err
	}
	return replaceFile(out, func(f *os.File) error {
		buf := bufio.NewWriterSize(f, 1<<20)
		z, err := archive.Compress(buf, comp)
		if err != nil {
			return err
		}
		p := &packer{ctx: ctx, o: o, dir: dir}
		if format == archive.Cpio {
			p.w = archive.NewCpioWriter(z)
			dataLast(entries)
			p.noXattrs = true
		} else {
			p.w = archive.NewTarWriter(z)
			p.prefix = "./"
		}
		if err := p.pack(entries); err != nil {
			return err
		}
		return errors.Join(p.w.Close(), z.Close(), buf.Flush())
	})
}

// outside refuses a file within the tree that it is made of.
func outside(dir, out string) error {
	d, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	p, err := filepath.EvalSymlinks(filepath.Dir(out))
	if err != nil {
		return err
	}
	if d, err = filepath.Abs(d); err != nil {
		return err
	}
	if p, err = filepath.Abs(p); err != nil {
		return err
	}
	if rel, err := filepath.Rel(d, p); err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
		return fmt.Errorf("%s lies within %s: write it elsewhere", out, dir)
	}
	return nil
}

// replaceFile has write fill a new file, which then takes the place of name. It has no
// name before, where the file system can do that, so that nothing is left of it when this
// process is killed; otherwise it is removed when something fails.
func replaceFile(name string, write func(*os.File) error) error {
	if st, err := os.Stat(name); err == nil && !st.Mode().IsRegular() {
		return &fs.PathError{Op: "write", Path: name, Err: errors.New("it exists and is no file")}
	}
	f, err := os.OpenFile(filepath.Dir(name), os.O_RDWR|unix.O_TMPFILE, 0o666) // less the umask
	if err != nil {
		return replaceByName(name, write)
	}
	defer f.Close()
	if err := write(f); err != nil {
		return err
	}
	return giveName(f, name)
}

// replaceByName is replaceFile where files cannot be without a name.
func replaceByName(name string, write func(*os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	mask := syscall.Umask(0)
	syscall.Umask(mask)
	if err := f.Chmod(0o666 &^ os.FileMode(mask)); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// pathOf is a path by which this process can open f again.
func pathOf(f *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }

// giveName gives a file without a name one, which may be that of another.
func giveName(f *os.File, name string) error {
	link := func(to string) error {
		return unix.Linkat(unix.AT_FDCWD, pathOf(f), unix.AT_FDCWD, to, unix.AT_SYMLINK_FOLLOW)
	}
	err := link(name)
	if err != unix.EEXIST {
		return pathError("link", name, err)
	}
	tmp := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s-%d", filepath.Base(name), os.Getpid()))
	if err := link(tmp); err != nil {
		return pathError("link", tmp, err)
	}
	if err := os.Rename(tmp, name); err != nil {
		os.Remove(tmp)
		return err
	}
	return nil
}

func pathError(op, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}

// dataLast moves the data of files with several names to the last, where programs
// that read cpio archives look for it. The last has all the file's bytes.
func dataLast(entries []*archive.Entry) {
	last := map[string]*archive.Entry{}
	for _, e := range entries {
		if e.Type == archive.Hardlink {
			last[e.Link] = e
		}
	}
	for _, e := range entries {
		if l := last[e.Name]; l != nil && e.Type == archive.File {
			l.Size, e.Size = e.Size, 0
		}
	}
}

type packer struct {
	ctx      context.Context
	o        PackOptions
	dir      string
	w        archive.Writer
	prefix   string
	noXattrs bool
}

func (p *packer) pack(entries []*archive.Entry) error {
	var total, done int64
	for _, e := range entries {
		total += e.Size
	}
	dropped := slices.IndexFunc(entries, func(e *archive.Entry) bool { return len(e.Xattrs) > 0 })
	if p.noXattrs && dropped >= 0 {
		p.o.Log("cpio archives have no extended attributes: those of %s and perhaps others are lost", entries[dropped].Name)
	}
	for _, e := range entries {
		if p.ctx.Err() != nil {
			return context.Cause(p.ctx)
		}
		if !p.o.ModTime.IsZero() {
			e.ModTime = p.o.ModTime
		} else if !p.o.Latest.IsZero() && e.ModTime.After(p.o.Latest) {
			e.ModTime = p.o.Latest
		}
		if err := p.entry(e); err != nil {
			return err
		}
		if done += e.Size; p.o.Progress != nil {
			p.o.Progress(done, total)
		}
	}
	return nil
}

func (p *packer) entry(e *archive.Entry) error {
	path := filepath.Join(p.dir, e.Name)
	if p.prefix != "" {
		if e.Name == "." {
			e.Name = p.prefix
		} else {
			e.Name = p.prefix + e.Name
		}
		if e.Type == archive.Dir && !strings.HasSuffix(e.Name, "/") {
			e.Name += "/"
		}
		if e.Type == archive.Hardlink {
			e.Link = p.prefix + e.Link
		}
	}
	if e.Size == 0 || e.Type != archive.File && e.Type != archive.Hardlink {
		return p.w.Write(e, nil, nil)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	segs, err := tree.Segments(f, e.Size)
	if err != nil {
		return err
	}
	return p.w.Write(e, &interruptedBy{p.ctx, f}, segs)
}

// interruptedBy ends reading with a context.
type interruptedBy struct {
	ctx context.Context
	r   io.ReaderAt
}

func (i *interruptedBy) ReadAt(b []byte, off int64) (int, error) {
	if i.ctx.Err() != nil {
		return 0, context.Cause(i.ctx)
	}
	return i.r.ReadAt(b, off)
}

// minImage is the least size of an image, in bytes, that mke2fs makes something of.
const minImage = 4 << 20

// Image writes a disk image of size bytes with an ext4 file system, and in it the
// tree dir, to the file out. It is sparse. mke2fs of e2fsprogs does it.
func Image(ctx context.Context, dir, out string, size int64, log func(string, ...any)) error {
	mke2fs, err := FindTool("mke2fs")
	if err != nil {
		return fmt.Errorf("mke2fs, which makes the file system, is not installed: apt install e2fsprogs")
	}
	if size < minImage {
		return fmt.Errorf("a size of %d bytes is too small", size)
	}
	if st, err := os.Stat(dir); err != nil {
		return err
	} else if !st.IsDir() {
		return &fs.PathError{Op: "read", Path: dir, Err: syscall.ENOTDIR}
	}
	if _, err := os.Lstat(filepath.Join(dir, Marker)); err == nil {
		return fmt.Errorf("%s is incomplete: what made it was interrupted", dir)
	}
	if err := outside(dir, out); err != nil {
		return err
	}
	log("%s makes the file system", mke2fs)
	return replaceFile(out, func(f *os.File) error {
		if err := f.Truncate(size); err != nil {
			return err
		}
		const inherited = 3
		cmd := exec.CommandContext(ctx, mke2fs, "-q", "-F", "-t", "ext4", "-d", dir, fmt.Sprintf("/proc/self/fd/%d", inherited))
		cmd.ExtraFiles = []*os.File{f}
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		msg, err := cmd.CombinedOutput()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == nil:
			return nil
		case strings.Contains(string(msg), "allocate"):
			return fmt.Errorf("%s does not fit in %d MiB: give a greater size\n%s", dir, size>>20, strings.TrimSpace(string(msg)))
		}
		return fmt.Errorf("%s: %w\n%s", mke2fs, err, strings.TrimSpace(string(msg)))
	})
}

// FindTool finds a program of the machine, also where only root's PATH looks.
func FindTool(name string) (string, error) {
	if p, err := exec.LookPath(name); err == nil {
		return p, nil
	}
	for _, d := range []string{"/usr/sbin", "/sbin"} {
		if p, err := exec.LookPath(filepath.Join(d, name)); err == nil {
			return p, nil
		}
	}
	return "", exec.ErrNotFound
}
