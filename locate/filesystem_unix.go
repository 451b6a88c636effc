//go:build linux || darwin || dragonfly || freebsd

package locate

import (
	"math"
	"math/bits"
)

// bytesOf multiplies. A filesystem that knows no bound may report more blocks than fit: they are the largest number of bytes.
func bytesOf(blocks, size uint64) uint64 {
	high, low := bits.Mul64(blocks, size)
	if high != 0 {
		return math.MaxUint64
	}
	return low
}
