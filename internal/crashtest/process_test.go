package crashtest_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// process is a daemon at work.
type process struct {
	process *os.Process
	dead    chan struct{} // closed once it is
}

// startProcess starts a program whose output is added to the file log. It dies with this one, however this one ends.
func startProcess(log string, env []string, program string, args ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()                     // the program has its own handle, and this one wrote nothing
	cmd := exec.Command(program, args...) //nolint:noctx // it is killed when its time has come, by no context
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = dyingWithParent()

	p := &process{dead: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		defer close(p.dead)
		// To Linux the parent is the thread that started it: that must live for as long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // it was killed
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	p.process = cmd.Process
	return p, nil
}

// kill sends SIGKILL.
func (p *process) kill() error {
	if err := p.process.Kill(); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

func (p *process) isDead() bool {
	select {
	case <-p.dead:
		return true
	default:
		return false
	}
}
