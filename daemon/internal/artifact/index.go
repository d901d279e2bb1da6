package artifact

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// skippable begins a frame that readers of zstd pass over (RFC 8878, 3.1.2); any of 0x184D2A50 to 0x184D2A5F.
	skippable       = 0x184D2A57
	skippableHeader = 8 // magic number and size, little-endian

	indexVersion = 2
	// indexMagic ends the object, so that its index is found from behind.
	indexMagic  = "rsindex1"
	trailerSize = 4 + 4 + len(indexMagic) // checksum, size of the content with its trailer, magic

	// maxIndex bounds the index of an object in bytes: a billion rows stay below.
	maxIndex = 16 << 20
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	errIndex   = errors.New("its index can't be read")
)

// kindSet says which outcomes stand in a frame: bit i for kind i of the index, and the highest for any with changes.
type kindSet uint16

const withChanges kindSet = 1 << 15

// frame is a part of an object that can be read by itself.
type frame struct {
	offset, length int64 // bytes
	first, last    int64 // rows
	kinds          kindSet
}

// index lists the frames of an object, in order and without gaps.
type index struct {
	kinds  []reportsync.OutcomeKind // what the bits of a kindSet stand for in this object
	passes [][]frame                // over the rows, which rise within a pass
}

// append adds the index to dst as the object's last frame. The kinds are spelt out, so that their order may change.
func (x index) append(dst []byte) []byte {
	content := binary.AppendUvarint(nil, indexVersion)
	content = binary.AppendUvarint(content, uint64(len(x.kinds)))
	for _, k := range x.kinds {
		content = binary.AppendUvarint(content, uint64(len(k)))
		content = append(content, k...)
	}
	content = binary.AppendUvarint(content, uint64(len(x.passes)))
	for _, pass := range x.passes {
		content = appendPass(content, pass)
	}
	size := uint32(len(content) + trailerSize) //nolint:gosec // bounded by the rows of a report
	content = binary.LittleEndian.AppendUint32(content, crc32.Checksum(content, castagnoli))
	content = binary.LittleEndian.AppendUint32(content, size)
	content = append(content, indexMagic...)
	dst = binary.LittleEndian.AppendUint32(dst, skippable)
	dst = binary.LittleEndian.AppendUint32(dst, size)
	return append(dst, content...)
}

func appendPass(content []byte, pass []frame) []byte {
	content = binary.AppendUvarint(content, uint64(len(pass)))
	var last int64
	for _, f := range pass {
		for _, n := range []int64{f.length, f.first - last, f.last - f.first, int64(f.kinds)} {
			content = binary.AppendUvarint(content, uint64(n)) //nolint:gosec // rows rise
		}
		last = f.last
	}
	return content
}

// indexSize returns the size of the whole frame that holds the index, from the end of an object.
func indexSize(tail []byte) (int64, error) {
	if len(tail) < trailerSize || string(tail[len(tail)-len(indexMagic):]) != indexMagic {
		return 0, fmt.Errorf("%w: it is not at the object's end", errIndex)
	}
	size := binary.LittleEndian.Uint32(tail[len(tail)-len(indexMagic)-4:])
	if int(size) < trailerSize || size > maxIndex {
		return 0, fmt.Errorf("%w: it has %d bytes", errIndex, size)
	}
	return int64(size) + skippableHeader, nil
}

// parseIndex reads the last frame of an object of size bytes and checks that its frames are all there is.
func parseIndex(last []byte, size int64) (x index, err error) {
	switch {
	case len(last) < skippableHeader+trailerSize,
		binary.LittleEndian.Uint32(last) != skippable,
		int64(binary.LittleEndian.Uint32(last[4:])) != int64(len(last)-skippableHeader):
		return index{}, fmt.Errorf("%w: it does not begin as one", errIndex)
	}
	content := last[skippableHeader : len(last)-trailerSize]
	if binary.LittleEndian.Uint32(last[len(last)-trailerSize:]) != crc32.Checksum(content, castagnoli) {
		return index{}, fmt.Errorf("%w: its checksum is another", errIndex)
	}
	r := &numbers{rest: content}
	if v := r.next(); v != indexVersion {
		return index{}, fmt.Errorf("%w: it has the version %d, which a later reportsyncd may know", errIndex, v)
	}
	for range r.count() {
		x.kinds = append(x.kinds, reportsync.OutcomeKind(r.text()))
	}
	var end int64
	for range r.count() {
		pass, until, ok := r.pass(end)
		if !ok {
			return index{}, fmt.Errorf("%w: its frames are out of order", errIndex)
		}
		end = until
		x.passes = append(x.passes, pass)
	}
	if r.bad || len(r.rest) > 0 || end != size-int64(len(last)) {
		return index{}, fmt.Errorf("%w: it is that of an object of another size", errIndex)
	}
	return x, nil
}

// holds reports whether a frame can hold what a filter asks for.
func (x index) holds(f frame, want Filter) bool {
	if f.last <= want.After || want.Changed && f.kinds&withChanges == 0 {
		return false
	}
	return len(want.Kinds) == 0 || slices.ContainsFunc(want.Kinds, func(k reportsync.OutcomeKind) bool { return f.kinds&bitOf(x.kinds, k) != 0 })
}

// bitOf returns the bit of a kind among those of an object, 0 for one that the object can't hold.
func bitOf(kinds []reportsync.OutcomeKind, k reportsync.OutcomeKind) kindSet {
	i := slices.Index(kinds, k)
	if i < 0 || kindSet(1)<<i >= withChanges {
		return 0
	}
	return 1 << i
}

// numbers reads the content of an index. Once something is wrong it gives zeros.
type numbers struct {
	rest []byte
	bad  bool
}

// pass reads the frames of a pass, the first of which begins at a place in the object. It returns where the last one ends.
func (r *numbers) pass(begin int64) (pass []frame, end int64, ok bool) {
	end = begin
	var row int64
	for range r.count() {
		f := frame{offset: end, length: r.next()}
		f.first = row + r.next()
		f.last = f.first + r.next()
		f.kinds = kindSet(r.next()) //nolint:gosec // whatever it is, it is only compared
		if r.bad || f.length < 1 || f.first <= row || f.last < f.first {
			return nil, 0, false
		}
		end, row = end+f.length, f.last
		pass = append(pass, f)
	}
	return pass, end, true
}

// next keeps to 48 bits, so that sums don't overflow.
func (r *numbers) next() int64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n >= 1<<48 {
		r.rest, r.bad = nil, true
		return 0
	}
	r.rest = r.rest[size:]
	return int64(n)
}

// count is how many follow, each of a byte at least.
func (r *numbers) count() int64 {
	n := r.next()
	if n > int64(len(r.rest)) {
		r.rest, r.bad = nil, true
		return 0
	}
	return n
}

func (r *numbers) text() string {
	n := r.count()
	text := string(r.rest[:n])
	r.rest = r.rest[n:]
	return text
}
