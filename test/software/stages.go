package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// secondStage runs debootstrap's second stage in a copy of the first one's tree, and gives the result and the log.
// Under Armature the tree stays, for what follows.
func (r *runner) secondStage(ctx context.Context, it item, e emulator) (res result, log string, err error) {
	dir, err := r.trees.copied(ctx, stage1, base, e.key)
	if err != nil {
		return res, "", err
	}
	res, log, err = r.inTree(ctx, it, e, dir, []string{"dpkg", "apt", "gcc"}, order{Args: []string{"/debootstrap/debootstrap", "--second-stage"}})
	if err != nil || res.Failure != "" || !e.ours() {
		return res, log, errors.Join(err, os.RemoveAll(dir))
	}
	return res, log, r.trees.finished(dir, base)
}

// install has apt install the packages in a copy of the tree that the second stage has made.
func (r *runner) install(ctx context.Context, it item, e emulator) (res result, log string, err error) {
	dir, err := r.trees.copied(ctx, base, full, e.key)
	if err != nil {
		return res, "", err
	}
	if err := settings(ctx, dir); err != nil {
		return res, "", errors.Join(err, os.RemoveAll(dir))
	}
	script := "apt-get update && exec apt-get install --yes --no-install-recommends " + strings.Join(packages, " ")
	res, log, err = r.inTree(ctx, it, e, dir, packages, order{Args: []string{"/bin/sh", "-c", script}, Network: true})
	if err != nil || res.Failure != "" || !e.ours() {
		return res, log, errors.Join(err, os.RemoveAll(dir))
	}
	return res, log, r.trees.finished(dir, full)
}

// inTree runs a command that completes a tree, after which packages are to be installed, and gives its log with debootstrap's own.
func (r *runner) inTree(ctx context.Context, it item, e emulator, dir string, needs []string, o order) (res result, log string, err error) {
	f, err := r.log(it.name, e.key, "log")
	if err != nil {
		return res, "", err
	}
	defer f.Close()
	o.Root, o.Dir, o.Env, o.Handler = dir, "/", environment(), e.handler
	u, runErr := o.run(ctx, longStep, f, f)
	if ctx.Err() != nil {
		return res, "", context.Cause(ctx)
	}
	text, err := os.ReadFile(f.Name())
	if err != nil {
		return res, "", err
	}
	end := lastLine(string(text))
	for _, name := range []string{"var/log/bootstrap.log", "debootstrap/debootstrap.log"} {
		if more, err := os.ReadFile(filepath.Join(dir, name)); err == nil && it.name == secondStage {
			text = append(text, more...)
			_, err := f.Write(more)
			if err != nil {
				return res, "", err
			}
		}
	}
	res = newResult(it, e, u)
	if list := messages(string(text), true); runErr != nil {
		res.Failure = fmt.Sprintf("%v: %s", runErr, end)
	} else if len(list) > 0 && e.ours() {
		res.Failure = "message: " + list[0]
	}
	status, err := os.ReadFile(filepath.Join(dir, "var/lib/dpkg/status"))
	if err != nil {
		return res, "", err
	}
	done, missing := installed(string(status), needs)
	res.Notes = append(res.Notes, fmt.Sprintf("%d packages", done))
	if res.Failure == "" && len(missing) > 0 {
		res.Failure = "not installed: " + strings.Join(missing, " ")
	}
	return res, string(text), nil
}

// pair compares a step under Armature with the same one under another emulator: messages and time.
func pair(ours, peer *result, log, peerLog string) {
	if ours.Failure != "" || peer.Failure != "" {
		return
	}
	if list := onlyIn(log, peerLog); len(list) > 0 {
		ours.Failure = "the log of " + peer.Emulator + " lacks: " + list[0]
		return
	}
	ours.Notes = append(ours.Notes, "no message that "+peer.Emulator+"'s log lacks")
	if list := onlyIn(peerLog, log); len(list) > 0 {
		peer.Notes = append(peer.Notes, fmt.Sprintf("%d lines of the log are in this one only, as %q", len(list), list[0]))
	}
	if ours.Wall >= peer.Wall {
		ours.Failure = fmt.Sprintf("not faster than %s: %.0f s, %.0f s", peer.Emulator, ours.Wall, peer.Wall)
	}
}

// firstStage sees to it that the first stage's tree is there.
func (r *runner) firstStage(ctx context.Context) error {
	if r.trees.have(stage1) {
		return nil
	}
	f, err := r.log("first-stage", "native", "log")
	if err != nil {
		return err
	}
	defer f.Close()
	start := time.Now()
	fmt.Printf("debootstrap's first stage, by the machine's own programs ...")
	if err := r.trees.firstStage(ctx, f); err != nil {
		fmt.Println()
		return err
	}
	fmt.Printf(" %.0f s\n", time.Since(start).Seconds())
	return nil
}
