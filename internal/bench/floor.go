package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// floor is how long it takes to read files once with encoding/csv and do nothing with them, with or without a record that is
// used again.
func floor(reuse bool, paths ...string) (time.Duration, error) {
	started := time.Now()
	for _, path := range paths {
		if err := readCSV(path, reuse); err != nil {
			return 0, fmt.Errorf("read %s: %w", path, err)
		}
	}
	return time.Since(started), nil
}

func readCSV(path string, reuse bool) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	in := csv.NewReader(file)
	in.ReuseRecord = reuse
	for {
		if _, err := in.Read(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
