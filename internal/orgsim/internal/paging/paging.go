// Package paging decides how long an answer's pages are. Real orgs give fewer rows
// than a client asks for, as they please; here the whim is drawn from a seed, so
// that equal requests get equal pages.
package paging

// Pages is an org's way with pages.
type Pages struct {
	Seed   uint64
	Steady bool // pages are always full
}

// Size shrinks a page size by up to a half, the same way for the same page of the
// same result.
func (p Pages) Size(size int, result, page uint64) int {
	if p.Steady || size < 2 {
		return size
	}
	drawn := mix(p.Seed, result, page)
	return size - int(drawn%uint64(size/2+1)) //nolint:gosec // less than size
}

// Draw is a number from 0 up to, and not including, limit: the same one for the
// same thing.
func (p Pages) Draw(limit, thing uint64) uint64 { return mix(p.Seed, thing) % limit }

// mix makes one well-spread number of several (splitmix64).
func mix(numbers ...uint64) uint64 {
	var z uint64
	for _, n := range numbers {
		z += n + 0x9e3779b97f4a7c15
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
		z = (z ^ (z >> 27)) * 0x94d049bb133111eb
		z ^= z >> 31
	}
	return z
}
