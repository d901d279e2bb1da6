package artifact

// ReadIndex reads an index as the last frame of an object of size bytes.
func ReadIndex(last []byte, size int64) (frames int, err error) {
	if n, err := indexSize(last); err != nil || n != int64(len(last)) {
		return 0, errIndex
	}
	x, err := parseIndex(last, size)
	for _, pass := range x.passes {
		frames += len(pass)
	}
	return frames, err
}
