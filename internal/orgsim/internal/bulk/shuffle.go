package bulk

import "math/rand/v2"

// neighbours is how many rows stay together when a result is shuffled: their
// bytes lie together too, and a million of them are printed at the speed of
// memory only when it is not read here and there.
const neighbours = 64

// shuffled is an order of rows that is not theirs, the same each time.
func shuffled(rows int, seed, job uint64) []uint32 {
	random := rand.New(rand.NewPCG(seed, job)) //nolint:gosec // an order to be repeated, not a secret
	order := make([]uint32, 0, rows)
	for _, block := range random.Perm((rows + neighbours - 1) / neighbours) {
		first := len(order)
		for i := block * neighbours; i < min(rows, (block+1)*neighbours); i++ {
			order = append(order, uint32(i)) //nolint:gosec // an upload has fewer rows than bytes
		}
		together := order[first:]
		random.Shuffle(len(together), func(i, k int) { together[i], together[k] = together[k], together[i] })
	}
	return order
}
