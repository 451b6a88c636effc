module github.com/aferotemp/go/docs/examples/migration

go 1.26.0

replace github.com/aferotemp/go => ../../..

require (
	github.com/aferotemp/go v0.0.0
	github.com/spf13/afero v1.15.0
	github.com/stretchr/testify v1.12.1
	gotest.tools/v3 v3.5.2
)

require (
	github.com/google/go-cmp v0.5.9 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/sys v0.50.0 // indirect
	golang.org/x/text v0.28.0 // indirect
)
