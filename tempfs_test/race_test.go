//go:build race

package tempfs_test

const raceDetector = true
