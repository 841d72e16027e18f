package main

import (
	"fmt"
	"go/ast"
	"path"
	"strings"
)

func (e *evaluator) call(x *ast.CallExpr, s *scope) value {
	if name, ok := x.Fun.(*ast.Ident); ok && s.find(name.Name) == nil {
		if v, ok := e.builtin(name.Name, x, s); ok {
			return v
		}
	}
	switch x.Fun.(type) {
	case *ast.MapType, *ast.ArrayType, *ast.ParenExpr: // a conversion
		if len(x.Args) == 1 {
			return e.eval(x.Args[0], s)
		}
	}
	fn := e.eval(x.Fun, s)
	args := make([]value, 0, len(x.Args))
	for i, arg := range x.Args {
		v := e.eval(arg, s)
		if spread, ok := v.(*list); ok && x.Ellipsis.IsValid() && i == len(x.Args)-1 {
			args = append(args, spread.items...)
			continue
		}
		args = append(args, v)
	}
	switch fn := fn.(type) {
	case *closure:
		return e.invoke(fn, args)
	case symbol:
		return known(fn, args)
	}
	return unknown{"a call of " + whyNot(fn)}
}

func (e *evaluator) builtin(name string, x *ast.CallExpr, s *scope) (value, bool) {
	switch name {
	case "make":
		underlying, _, _ := e.underlying(x.Args[0], s.in)
		if _, ok := underlying.(*ast.MapType); ok {
			return newMapping(), true
		}
		return &list{}, true
	case "new":
		_, _, typ := e.underlying(x.Args[0], s.in)
		return &object{typ: typ, fields: map[string]value{}}, true
	case "append":
		l, ok := e.eval(x.Args[0], s).(*list)
		grown := &list{}
		if ok {
			grown.items = append(grown.items, l.items...)
		}
		for i, arg := range x.Args[1:] {
			v := e.eval(arg, s)
			if more, ok := v.(*list); ok && x.Ellipsis.IsValid() && i == len(x.Args)-2 {
				grown.items = append(grown.items, more.items...)
			} else {
				grown.items = append(grown.items, v)
			}
		}
		return grown, true
	case "delete":
		m, ok := e.eval(x.Args[0], s).(*mapping)
		key, also := e.eval(x.Args[1], s).(string)
		if ok && also {
			m.delete(key)
			return nil, true
		}
		return unknown{"a deletion from a map"}, true
	case "len":
		switch v := e.eval(x.Args[0], s).(type) {
		case *list:
			return len(v.items), true
		case *mapping:
			return len(v.keys), true
		case string:
			return len(v), true
		}
		return unknown{"a length"}, true
	case "string", "int":
		return e.eval(x.Args[0], s), true
	}
	return nil, false
}

// invoke runs a function of the provider.
func (e *evaluator) invoke(fn *closure, args []value) value {
	// What calls itself ends by a condition: where that is not known, it would go on for ever.
	if fn.body == nil || e.depth > maxDepth || e.running[fn.body] > maxNested || e.running[fn.body] > 0 && e.uncertain > 0 {
		return unknown{fn.name + ", which has no body or calls itself"}
	}
	e.depth++
	e.running[fn.body]++
	defer func() {
		e.depth--
		e.running[fn.body]--
	}()
	s := fn.in.inner()
	if fn.recv != nil && len(fn.recv.List[0].Names) > 0 {
		s.vars[fn.recv.List[0].Names[0].Name] = fn.self
	}
	bind(s, fn.typ.Params, args)
	f := &frame{}
	if fn.typ.Results != nil {
		for _, field := range fn.typ.Results.List {
			for _, name := range field.Names {
				s.vars[name.Name] = e.zero(field.Type, s)
				f.results = append(f.results, name.Name)
			}
		}
	}
	e.block(fn.body.List, s, f)
	return f.result(fn.name)
}

func bind(s *scope, params *ast.FieldList, args []value) {
	i := 0
	for _, field := range params.List {
		for _, name := range field.Names {
			if _, ok := field.Type.(*ast.Ellipsis); ok {
				s.vars[name.Name] = &list{items: append([]value{}, args[min(i, len(args)):]...)}
				return
			}
			s.vars[name.Name] = unknown{"the parameter " + name.Name}
			if i < len(args) {
				s.vars[name.Name] = args[i]
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
}

// known evaluates the few functions of Go's own library that schemas are made with.
func known(fn symbol, args []value) value {
	text := func(i int) (string, bool) {
		if i >= len(args) {
			return "", false
		}
		t, ok := args[i].(string)
		return t, ok
	}
	a, ok := text(0)
	b, also := text(1)
	switch path.Base(fn.pkg) + "." + fn.name {
	case "maps.Copy":
		to, ok := args[0].(*mapping)
		from, also := args[1].(*mapping)
		if ok && also {
			for _, key := range from.keys {
				to.set(key, from.at[key])
			}
			return nil
		}
		return unknown{"a copy of " + whyNot(args[1])}
	case "maps.Clone":
		if from, ok := args[0].(*mapping); ok {
			to := newMapping()
			for _, key := range from.keys {
				to.set(key, from.at[key])
			}
			return to
		}
	case "sync.OnceValue":
		return args[0]
	case "os.Getenv":
		return ""
	case "strings.EqualFold":
		if ok && also {
			return strings.EqualFold(a, b)
		}
	case "strings.ToLower":
		if ok {
			return strings.ToLower(a)
		}
	case "strings.TrimPrefix":
		if ok && also {
			return strings.TrimPrefix(a, b)
		}
	case "fmt.Sprintf":
		rest := []any{}
		for _, arg := range args[min(1, len(args)):] {
			switch arg.(type) {
			case string, int, bool:
				rest = append(rest, arg)
			default:
				return called{fn, args}
			}
		}
		if ok {
			return fmt.Sprintf(a, rest...)
		}
	}
	return called{fn, args}
}
