package crashtest_test

import "syscall"

// dyingWithParent has the kernel kill a process when its parent dies.
func dyingWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
