// Package faults makes the operations of a [tempfs.Fs] fail, so that a test can see what a program does then. What it
// makes are hooks, for [tempfs.WithHook].
//
// # For every "here": what if the disk fills here?
//
// [Every] is the loop that asks this of each operation that a program does. Each round fails one of them, the next one each time; the last
// round fails none.
//
//	for fault := range faults.Every(syscall.ENOSPC) {
//		fsys := tempfs.Test(t, tempfs.WithHook(fault.Hook))
//		// Make what the program is to find, then run it.
//		err := fault.Run(func() error { return save(fsys, "config") })
//		// Whatever err is: what does the program leave?
//	}
//
// [FromEvery] fails that operation and all that come after it: a disk that stays full or, for what the program leaves, a program that dies there.
//
// # One fault, chosen
//
// [Fail], [Full] and [Slow] are hooks. Conditions, of type [When], choose the operations: by kind with [On], by name with [Path], by number with [Nth], at
// random with [Rate]. A hook acts where all of its conditions hold. They are asked from left to right, up to the first that does not hold, so that Nth and Rate see what those before them
// let through:
//
//	faults.Fail(syscall.EIO, faults.On(tempfs.OpSync), faults.Path("*.db"), faults.Nth(3))
//
// is the third sync of a file whose name ends in ".db". [First] joins hooks. Any function is a condition, and any func(tempfs.Op) error a hook.
//
// Hooks and conditions that count, and those of Rate, are for one Fs, from its beginning: make new ones for the next. Any number of goroutines may use them at once, but which
// operation is the third is then left to chance.
//
// # What was it?
//
// [Counter] counts operations. [Recorder] writes down what a hook was asked and what it said; the [Trace] is text that can be kept in testdata, and replayed
// where a random fault has found something.
package faults
