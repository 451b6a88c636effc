package memfallback

import (
	"sync/atomic"
	"unsafe"
)

// Fields that are read and written atomically once their object is shared, and without that before: an atomic store is dear, and a new file has
// many fields.

// pointer is a *T.
type pointer[T any] struct{ p unsafe.Pointer }

// init is for an object that nobody else has yet.
func (p *pointer[T]) init(v *T)    { p.p = unsafe.Pointer(v) }
func (p *pointer[T]) Load() *T     { return (*T)(atomic.LoadPointer(&p.p)) }
func (p *pointer[T]) Store(v *T)   { atomic.StorePointer(&p.p, unsafe.Pointer(v)) }
func (p *pointer[T]) Swap(v *T) *T { return (*T)(atomic.SwapPointer(&p.p, unsafe.Pointer(v))) }

// word32 and word64 are unsigned integers.
type (
	word32 struct{ v uint32 }
	word64 struct {
		_ [0]atomic.Uint64 // aligns it where words have 32 bits
		v uint64
	}
)

func (w *word32) init(v uint32)      { w.v = v }
func (w *word32) Load() uint32       { return atomic.LoadUint32(&w.v) }
func (w *word32) Store(v uint32)     { atomic.StoreUint32(&w.v, v) }
func (w *word32) Add(v int32) uint32 { return atomic.AddUint32(&w.v, uint32(v)) }
func (w *word64) init(v uint64)      { w.v = v }
func (w *word64) Load() uint64       { return atomic.LoadUint64(&w.v) }
func (w *word64) Store(v uint64)     { atomic.StoreUint64(&w.v, v) }

// offset is that of an open file. While its file is small, inode.mu guards it; while it is large, large.mu is held and it is used atomically, since
// readers hold that together. What comes between, the file's move from one to the other, holds both.
type offset struct {
	_ [0]atomic.Int64 // aligns it where words have 32 bits
	v int64
}

func (o *offset) load() int64              { return atomic.LoadInt64(&o.v) }
func (o *offset) swap(old, new int64) bool { return atomic.CompareAndSwapInt64(&o.v, old, new) }
