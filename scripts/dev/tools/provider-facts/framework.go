package main

import (
	"go/ast"
	"strings"
)

// frameworkResource reads a resource of Terraform's plugin framework: what its Schema method answers.
func (e *evaluator) frameworkResource(v value) resource {
	o, ok := v.(*object)
	if !ok {
		return resource{Problem: whyNot(v)}
	}
	schema, ok := e.method(o, "Schema", o.typ, 0).(*closure)
	if !ok {
		return resource{Problem: "it has no method Schema"}
	}
	answer := &object{fields: map[string]value{}}
	e.invoke(schema, []value{unknown{"a context"}, unknown{"a request"}, answer})
	made, ok := e.field(answer, "Schema").(*object)
	if !ok {
		return resource{Problem: "its schema: " + whyNot(e.field(answer, "Schema"))}
	}
	attributes := map[string]attribute{}
	e.frameworkBlock(attributes, made, "", "")
	if rule, ok := e.method(o, "ModifyPlan", o.typ, 0).(*closure); ok {
		e.modifyPlan(attributes, rule)
	}
	return resource{Attributes: attributes}
}

// frameworkBlock reads attributes and blocks; around is what the nearest block outside does when it comes or goes.
func (e *evaluator) frameworkBlock(into map[string]attribute, o *object, prefix, around string) {
	for _, kind := range []string{"Attributes", "Blocks"} {
		v := e.field(o, kind)
		if v == nil {
			continue
		}
		m, ok := v.(*mapping)
		if !ok {
			into[prefix+"*"] = attribute{Change: mayReplace, Why: notDerivable(kind + ": " + whyNot(v)), Flags: "unknown"}
			continue
		}
		for _, name := range m.keys {
			one := e.force(m.at[name])
			inner, ok := one.(*object)
			if !ok {
				into[prefix+name] = attribute{Change: mayReplace, Why: notDerivable(whyNot(one)), Flags: "unknown"}
				continue
			}
			e.frameworkAttribute(into, inner, prefix+name, around, kind == "Blocks")
		}
	}
}

func (e *evaluator) frameworkAttribute(into map[string]attribute, o *object, path, around string, block bool) {
	sensitive, _ := e.flag(o, "Sensitive")
	one := attribute{Flags: e.flags(o), Sensitive: sensitive, Block: block}
	one.Change, one.Why = e.planModifiers(o)
	if one.Change == inPlace && around != "" {
		one.Change, one.Why = mayReplace, around
	}
	if one.Change == replaces {
		around = "RequiresReplace of " + path + ", which holds when a block of it comes or goes"
	}
	nested := []*object{}
	if inner, ok := e.field(o, "NestedObject").(*object); ok {
		nested = append(nested, inner)
	}
	if strings.HasPrefix(o.typ.name, "SingleNested") {
		nested = append(nested, o)
	}
	for _, inner := range nested {
		one.Block = true
		e.frameworkBlock(into, inner, path+".", around)
	}
	into[path] = one
}

// planModifiers tells by their names what the plan modifiers of an attribute do.
func (e *evaluator) planModifiers(o *object) (change, why string) {
	change, why = inPlace, "no RequiresReplace"
	modifiers, ok := o.fields["PlanModifiers"]
	if !ok {
		return
	}
	var elements []ast.Expr
	later, ok := modifiers.(*lazy)
	if ok {
		if lit, isLiteral := later.x.(*ast.CompositeLit); isLiteral {
			elements = lit.Elts
		}
	}
	if elements == nil {
		return mayReplace, notDerivable("its plan modifiers")
	}
	for _, element := range elements {
		call, ok := element.(*ast.CallExpr)
		name := ""
		if ok {
			name = baseName(call.Fun)
		}
		switch {
		case name == "RequiresReplace":
			return replaces, "RequiresReplace"
		case strings.Contains(name, "RequiresReplace"):
			change, why = mayReplace, name
		case !ok || !strings.HasPrefix(name, "UseState") && !strings.HasPrefix(name, "UseNonNull") && e.mentions(call.Fun, later.in, "RequiresReplace"):
			change, why = mayReplace, notDerivable("the plan modifier "+name)
		}
	}
	return
}
