package rowlog

import (
	"bytes"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// window is how far back a frame looks for likeness, and what its reader keeps of it.
const window = 1 << 20

// encoder packs frames, for many callers at a time. The fastest level: lines of outcomes shrink to a tenth at any. It is put
// to work once at the start, since the channel that it then makes must not belong to a bubble of testing/synctest.
var encoder = func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(window))
	if err != nil {
		panic(err) // the options are constants
	}
	e.EncodeAll([]byte{'\n'}, nil)
	return e
}()

// Compress adds to dst the zstd frame of lines.
func Compress(dst, lines []byte) []byte { return encoder.EncodeAll(lines, dst) }

// Pack writes outcomes into one zstd frame, a line each.
func Pack(rows []reportsync.Outcome) []byte {
	var lines []byte
	for _, o := range rows {
		lines = Append(lines, o)
	}
	return Compress(nil, lines)
}

// Unpack reads a frame that [Pack] made and calls each for every outcome in it, in the order in which they were packed. It
// ends with the first error of each, and with its own for data that is cut off, damaged or larger than an outcome is.
func Unpack(data []byte, each func(reportsync.Outcome) error) error {
	for line, err := range Lines(bytes.NewReader(data)) {
		if err != nil {
			return err
		}
		o, err := Parse(line)
		if err != nil {
			return err
		}
		if err := each(o); err != nil {
			return err
		}
	}
	return nil
}

// tooLong is the error for a line without an end in sight.
func tooLong() error {
	return fmt.Errorf("read outcomes: a line is longer than %d bytes", MaxLine)
}
