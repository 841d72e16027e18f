// Prints what the schemas of hashicorp/kubernetes say of each attribute and block: one JSON object per line.
package main

import (
	"encoding/json"
	"log"
	"maps"
	"os"
	"slices"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-kubernetes/kubernetes"
)

type row struct {
	Type      string `json:"type"`
	Attribute string `json:"attribute"`
	Block     bool   `json:"block,omitempty"`
	ForceNew  bool   `json:"forceNew,omitempty"`
	Sensitive bool   `json:"sensitive,omitempty"`
	Default   any    `json:"default,omitempty"`
}

func main() {
	out := json.NewEncoder(os.Stdout)
	resources := kubernetes.Provider().ResourcesMap
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		print(out, name, "", resources[name].SchemaMap())
	}
}

func print(out *json.Encoder, name, prefix string, schemas map[string]*schema.Schema) {
	for _, key := range slices.Sorted(maps.Keys(schemas)) {
		s := schemas[key]
		nested, block := s.Elem.(*schema.Resource)
		value, err := s.DefaultValue()
		if err != nil {
			log.Fatal(err)
		}
		if err := out.Encode(row{name, prefix + key, block, s.ForceNew, s.Sensitive, value}); err != nil {
			log.Fatal(err)
		}
		if block {
			print(out, name, prefix+key+".", nested.Schema)
		}
	}
}
