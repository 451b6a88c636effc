module github.com/aferotemp/go/tempfs_test/property

go 1.26.0

require (
	github.com/aferotemp/go v0.0.0
	github.com/spf13/afero v1.15.0
	pgregory.net/rapid v1.3.0
)

require (
	golang.org/x/sys v0.50.0 // indirect
	golang.org/x/text v0.28.0 // indirect
)

replace github.com/aferotemp/go => ../..
