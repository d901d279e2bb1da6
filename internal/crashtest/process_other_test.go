//go:build !linux

package crashtest_test

import "syscall"

// dyingWithParent asks for nothing where the kernel has nothing to offer: a test that ends by itself kills its daemons.
func dyingWithParent() *syscall.SysProcAttr { return nil }
