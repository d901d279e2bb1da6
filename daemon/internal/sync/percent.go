package sync

import (
	"fmt"
	"math/big"
	"strings"
)

// mostPlaces are the decimal places of a share at most. More are needed to part it from a limit only where the limit
// itself has more.
const mostPlaces = 12

// percentOf returns a part of a whole in percent, exactly; the whole is not 0.
func percentOf(part, whole int64) *big.Rat {
	return new(big.Rat).Mul(big.NewRat(part, whole), big.NewRat(100, 1))
}

// decimal returns a limit as the number that its user wrote, which a float64 may only come close to.
func decimal(limit float64) *big.Rat {
	exact, _ := new(big.Rat).SetString(number(limit))
	return exact
}

func number(limit float64) string { return fmt.Sprint(limit) }

// above reports whether a part of a whole is more than so many percent.
func above(limit float64, part, whole int64) bool {
	return whole > 0 && percentOf(part, whole).Cmp(decimal(limit)) > 0
}

// below reports whether a part of a whole is less than so many percent.
func below(limit float64, part, whole int64) bool {
	return whole > 0 && percentOf(part, whole).Cmp(decimal(limit)) < 0
}

// beside writes a share that is told together with a limit: rounded half up to so many places, or to as many more as
// tell on which side of the limit it is.
func beside(limit, share *big.Rat, places int) string {
	for ; ; places++ {
		text := share.FloatString(places)
		rounded, _ := new(big.Rat).SetString(text)
		if rounded.Cmp(limit) == share.Cmp(limit) || places >= mostPlaces {
			return text
		}
	}
}

// share returns a part of what is left in percent, in as many digits as tell something.
func share(part, left int64) string {
	if part == 0 {
		return "0 %"
	}
	if left == 0 {
		return "more than 100 %"
	}
	percent, places := percentOf(part, left), 0
	for least := big.NewRat(10, 1); percent.Cmp(least) < 0; least.Quo(least, big.NewRat(10, 1)) {
		if places++; places > 3 {
			return "less than 0.01 %"
		}
	}
	text := beside(big.NewRat(100, 1), percent, places)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text + " %"
}
