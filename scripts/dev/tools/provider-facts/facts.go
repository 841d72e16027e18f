package main

// resource is what is said of one resource type or data source; Problem, when nothing could be read.
type resource struct {
	Source     string               `json:"source,omitempty"`
	Problem    string               `json:"problem,omitempty"`
	Attributes map[string]attribute `json:"attributes,omitempty"`
}

// attribute is what is said of one attribute or block, by its path with dots.
type attribute struct {
	// Change is replaces, in-place or may-replace.
	Change string `json:"change"`
	Why    string `json:"why"`
	Block  bool   `json:"block,omitempty"`
	// Flags are those of required, optional and computed that are set, in this order; "unknown" when one was not evaluated.
	Flags     string `json:"flags,omitempty"`
	Sensitive bool   `json:"sensitive,omitempty"`
}

const (
	replaces   = "replaces"
	inPlace    = "in-place"
	mayReplace = "may-replace"
)

// flag is a boolean field of a struct, and whether it could be evaluated.
func (e *evaluator) flag(o *object, name string) (set, known bool) {
	switch v := e.field(o, name).(type) {
	case nil:
		return false, true
	case bool:
		return v, true
	}
	return false, false
}

func (e *evaluator) flags(o *object) string {
	text := ""
	for _, name := range []string{"Required", "Optional", "Computed"} {
		set, known := e.flag(o, name)
		if !known {
			return "unknown"
		}
		if set {
			if text != "" {
				text += "+"
			}
			text += name
		}
	}
	return text
}

// condition makes what a rule of the provider concerns a "may": an attribute, or all that is in a block.
func condition(attributes map[string]attribute, path, why string) {
	for name, one := range attributes {
		if name != path && !within(name, path) {
			continue
		}
		if one.Change == inPlace {
			one.Change, one.Why = mayReplace, why
			attributes[name] = one
		}
	}
}

func within(name, block string) bool {
	return block == "" || len(name) > len(block) && name[:len(block)+1] == block+"."
}
