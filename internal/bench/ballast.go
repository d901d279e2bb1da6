package main

import (
	"fmt"
	"os"
	"syscall"
)

// ballastBytes is what a virtual machine whose host takes free memory back may still have at hand: its pages cost less at
// first touch than those that the host has to give.
const ballastBytes = 5 << 29

// ballast holds memory, so that runs of any size find pages that cost the same; drop lets go of it.
func ballast() (drop func() error, err error) {
	held, err := syscall.Mmap(-1, 0, ballastBytes, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("hold %d MiB of memory: %w", ballastBytes>>20, err)
	}
	for at := 0; at < len(held); at += os.Getpagesize() {
		held[at] = 1
	}
	return func() error { return syscall.Munmap(held) }, nil
}
