package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startTimeout = 10 * time.Minute // an org may have millions of records to load
	stopTimeout  = time.Minute
	sampleEvery  = 100 * time.Millisecond
)

// build builds the programs into the folder and returns where they are.
func build(ctx context.Context, dir string) (string, error) {
	bin := filepath.Join(dir, "bin") + string(filepath.Separator)
	const module = "github.com/reportsync/terraform-provider-reportsync/"
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", bin, //nolint:gosec // the folder is ours
		module+"daemon/cmd/reportsyncd", module+"internal/orgsim/cmd/orgsim")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the programs (in the project's folder, or give -bin): %w\n%s", err, said)
	}
	return bin, nil
}

// program is one of ours that runs as a process of its own.
type program struct {
	name string
	cmd  *exec.Cmd
	log  string // file of what it writes
	done chan struct{}
}

// start starts a program; its output goes to a file.
func start(dir, path string, args ...string) (*program, error) {
	p := &program{name: filepath.Base(path), done: make(chan struct{})}
	p.log = filepath.Join(dir, p.name+".log")
	out, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer out.Close() // the program keeps its own handle
	// Ended by stop, in order, and never by a context; a group of its own keeps the terminal's Ctrl-C from it.
	p.cmd = exec.Command(path, args...) //nolint:gosec,noctx // the programs that were just built
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended does not matter once it was told to
		close(p.done)
	}()
	return p, nil
}

// stop ends the program by its process id and waits for its end.
func (p *program) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(stopTimeout):
	}
	err := fmt.Errorf("stop %s: it still ran after %s and was killed", p.name, stopTimeout)
	err = errors.Join(err, p.cmd.Process.Kill())
	<-p.done
	return err
}

// await waits for a file in which the program says where it listens.
func (p *program) await(ctx context.Context, file string) (string, error) {
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); {
		text, err := os.ReadFile(file)
		if url := strings.TrimSpace(string(text)); err == nil && url != "" {
			return url, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		select {
		case <-ctx.Done():
			return "", context.Cause(ctx)
		case <-p.done:
			return "", p.silent("ended")
		case <-time.After(20 * time.Millisecond):
		}
	}
	return "", p.silent("did not listen within " + startTimeout.String())
}

func (p *program) silent(what string) error {
	said, _ := os.ReadFile(p.log) // it explains, where there is any
	return fmt.Errorf("%s %s; it wrote:\n%s", p.name, what, said)
}

// memory returns a figure of the process's memory in bytes: VmRSS for what it has, VmHWM for the most that it ever had.
func (p *program) memory(name string) (int64, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read the memory of %s (needs Linux): %w", p.name, err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		value, ok := strings.CutPrefix(lines.Text(), name+":")
		if !ok {
			continue
		}
		kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(value, "kB")), 10, 64)
		return kilobytes << 10, err
	}
	return 0, fmt.Errorf("read the memory of %s: there is no %s: it has ended", p.name, name)
}

// sampler looks at a program's memory again and again, until it is stopped.
type sampler struct {
	samples []int64
	stop    chan struct{}
	running sync.WaitGroup
}

func sample(p *program) *sampler {
	s := &sampler{stop: make(chan struct{})}
	s.running.Go(func() {
		tick := time.NewTicker(sampleEvery)
		defer tick.Stop()
		for {
			if size, err := p.memory("VmRSS"); err == nil { // a program that has ended fails its runs
				s.samples = append(s.samples, size)
			}
			select {
			case <-s.stop:
				return
			case <-tick.C:
			}
		}
	})
	return s
}

// end ends the sampling and returns what was seen.
func (s *sampler) end() []int64 {
	close(s.stop)
	s.running.Wait()
	return s.samples
}
