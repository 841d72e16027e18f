package main

import "strings"

// sdkResource reads a resource of Terraform's SDK, version 2: a schema of maps, and functions.
func (e *evaluator) sdkResource(v value) resource {
	o, ok := v.(*object)
	if !ok {
		return resource{Problem: whyNot(v)}
	}
	schema := e.schemaOf(o)
	m, ok := schema.(*mapping)
	if !ok {
		return resource{Problem: "its schema: " + whyNot(schema)}
	}
	updates := o.fields["Update"] != nil || o.fields["UpdateContext"] != nil || o.fields["UpdateWithoutTimeout"] != nil
	attributes := map[string]attribute{}
	e.sdkSchema(attributes, m, sdkBlock{updates: updates})
	e.customizeDiff(attributes, o.fields["CustomizeDiff"])
	return resource{Attributes: attributes}
}

func (e *evaluator) schemaOf(o *object) value {
	if made, ok := e.field(o, "SchemaFunc").(*closure); ok {
		return e.invoke(made, nil)
	}
	return e.field(o, "Schema")
}

// sdkBlock is what surrounds the attributes of a block.
type sdkBlock struct {
	prefix string
	// Whether the resource has an Update: without one, a change of anything replaces.
	updates bool
	// What a block that comes or goes does, where that is graver than a change in it: the reason.
	comesAndGoes string
	// The reason why a change within an element of a set may count as another element.
	inSet string
}

func (e *evaluator) sdkSchema(into map[string]attribute, m *mapping, b sdkBlock) {
	for _, name := range m.keys {
		path := b.prefix + name
		v := e.force(m.at[name])
		o, ok := v.(*object)
		if !ok {
			into[path] = attribute{Change: mayReplace, Why: notDerivable(whyNot(v)), Flags: "unknown"}
			continue
		}
		e.sdkAttribute(into, path, o, b)
	}
}

func (e *evaluator) sdkAttribute(into map[string]attribute, path string, o *object, b sdkBlock) {
	forced, known := e.flag(o, "ForceNew")
	sensitive, _ := e.flag(o, "Sensitive")
	one := attribute{Flags: e.flags(o), Sensitive: sensitive}
	switch {
	case !b.updates:
		one.Change, one.Why = replaces, "no Update"
	case forced:
		one.Change, one.Why = replaces, "ForceNew"
	case !known:
		one.Change, one.Why = mayReplace, notDerivable("ForceNew is "+whyNot(e.field(o, "ForceNew")))
	case b.comesAndGoes != "":
		one.Change, one.Why = mayReplace, b.comesAndGoes
	case b.inSet != "":
		one.Change, one.Why = mayReplace, b.inSet
	default:
		one.Change, one.Why = inPlace, "no ForceNew"
	}
	elem := e.field(o, "Elem")
	nested, ok := elem.(*object)
	switch {
	case isUnknown(elem):
		one.Change, one.Why = mayReplace, notDerivable(whyNot(elem))
	case ok && nested.typ.name == "Resource":
		one.Block = true
		e.sdkNested(into, path, o, nested, forced, b)
	}
	into[path] = one
}

func (e *evaluator) sdkNested(into map[string]attribute, path string, o, nested *object, forced bool, b sdkBlock) {
	schema := e.schemaOf(nested)
	m, ok := schema.(*mapping)
	if !ok {
		into[path+".*"] = attribute{Change: mayReplace, Why: notDerivable(whyNot(schema)), Flags: "unknown"}
		return
	}
	inner := sdkBlock{prefix: path + ".", updates: b.updates, comesAndGoes: b.comesAndGoes, inSet: b.inSet}
	required, _ := e.flag(o, "Required")
	single := e.field(o, "MaxItems") == 1
	if forced && !(required && single) {
		inner.comesAndGoes = "ForceNew of " + path + ", which holds when a block of it comes or goes, not for a change inside"
	}
	if isSet(e.field(o, "Type")) && e.anyForced(m) {
		inner.inSet = "it stands in a set, " + path + ", with an attribute that is ForceNew: a changed element may count as another one"
	}
	e.sdkSchema(into, m, inner)
}

func (e *evaluator) anyForced(m *mapping) bool {
	for _, name := range m.keys {
		if o, ok := e.force(m.at[name]).(*object); ok {
			if forced, known := e.flag(o, "ForceNew"); forced || !known {
				return true
			}
		}
	}
	return false
}

func isSet(typ value) bool {
	s, ok := typ.(symbol)
	return ok && s.name == "TypeSet"
}

// notDerivable is how each reason begins that is none of the provider's.
func notDerivable(why string) string { return "not derivable: " + strings.TrimSuffix(why, ".") }
