// Command provider-facts reads what a change of each attribute does from the Go source of a Terraform provider.
//
//	provider-facts <module>=<folder>... < types > facts.json
//
// The first module is the provider's; from the others it may take helpers. The types stand on a line each, a data source's with
// "data." before it. The source is parsed and as much of it is evaluated as its schemas are made with; nothing of it is compiled
// or run. What cannot be evaluated is said to be "not derivable", and is never guessed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

func main() {
	modules := []module{}
	for _, arg := range os.Args[1:] {
		importPath, dir, ok := strings.Cut(arg, "=")
		if !ok {
			fmt.Fprintln(os.Stderr, "usage: provider-facts <module>=<folder>... < types")
			os.Exit(2)
		}
		modules = append(modules, module{importPath, dir})
	}
	if len(modules) == 0 {
		fmt.Fprintln(os.Stderr, "usage: provider-facts <module>=<folder>... < types")
		os.Exit(2)
	}
	p := &provider{e: newEvaluator(modules), module: modules[0]}
	facts := map[string]resource{}
	types := bufio.NewScanner(os.Stdin)
	for types.Scan() {
		if name := strings.TrimSpace(types.Text()); name != "" {
			facts[name] = p.resource(name)
		}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", " ")
	if err := out.Encode(facts); err != nil {
		fmt.Fprintln(os.Stderr, "provider-facts:", err)
		os.Exit(1)
	}
}
