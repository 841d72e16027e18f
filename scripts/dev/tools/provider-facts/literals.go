package main

import "go/ast"

// composite evaluates a literal of a struct, a map or a list; typ is its type, which a literal inside another may leave out.
func (e *evaluator) composite(x *ast.CompositeLit, typ ast.Expr, s *scope) value {
	underlying, _, name := e.underlying(typ, s.in)
	switch underlying := underlying.(type) {
	case *ast.MapType:
		return e.mapLiteral(x, underlying.Value, s)
	case *ast.ArrayType:
		return e.listLiteral(x, underlying.Elt, s)
	case *ast.StructType:
		return e.structLiteral(x, name, s)
	}
	// A type that was not read: the way the literal is written tells what it is.
	for _, element := range x.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return e.listLiteral(x, nil, s)
		}
		if _, ok := pair.Key.(*ast.Ident); !ok {
			return e.mapLiteral(x, nil, s)
		}
	}
	return e.structLiteral(x, name, s)
}

func (e *evaluator) mapLiteral(x *ast.CompositeLit, elem ast.Expr, s *scope) value {
	m := newMapping()
	for _, element := range x.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return unknown{"a map without keys"}
		}
		key, ok := e.eval(pair.Key, s).(string)
		if !ok {
			return unknown{"a map with a key that is not evaluated"}
		}
		m.set(key, e.element(pair.Value, elem, s))
	}
	return m
}

func (e *evaluator) listLiteral(x *ast.CompositeLit, elem ast.Expr, s *scope) value {
	l := &list{}
	for _, element := range x.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			element = pair.Value
		}
		l.items = append(l.items, e.element(element, elem, s))
	}
	return l
}

func (e *evaluator) element(x, typ ast.Expr, s *scope) value {
	if lit, ok := x.(*ast.CompositeLit); ok && lit.Type == nil {
		return e.composite(lit, typ, s)
	}
	return e.eval(x, s)
}

func (e *evaluator) structLiteral(x *ast.CompositeLit, name typeName, s *scope) value {
	o := &object{typ: name, fields: map[string]value{}}
	for _, element := range x.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if field, ok := pair.Key.(*ast.Ident); ok {
			o.fields[field.Name] = &lazy{x: pair.Value, in: s}
		}
	}
	return o
}

// underlying follows a type's name to what it stands for, as far as it was read.
func (e *evaluator) underlying(typ ast.Expr, in *source) (ast.Expr, *source, typeName) {
	name := typeName{}
	for range 10 {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
			continue
		case *ast.ParenExpr:
			typ = x.X
			continue
		case *ast.IndexExpr:
			typ = x.X
			continue
		case *ast.Ident:
			name = typeName{in.pkg.path, x.Name}
		case *ast.SelectorExpr:
			alias, ok := x.X.(*ast.Ident)
			if !ok {
				return nil, in, name
			}
			importPath, _ := e.imported(alias.Name, in)
			name = typeName{importPath, x.Sel.Name}
		default:
			return typ, in, name
		}
		p := e.program.load(name.pkg)
		if p == nil || p.decls[name.name].typ == nil {
			return nil, in, name
		}
		found := p.decls[name.name]
		typ, in = found.typ.Type, found.in
		if _, ok := typ.(*ast.StructType); ok {
			return typ, in, name
		}
	}
	return nil, in, name
}

// method finds a method of a type, or of what is embedded in it.
func (e *evaluator) method(o *object, name string, typ typeName, level int) value {
	p := e.program.load(typ.pkg)
	if p == nil || level > 6 {
		return nil
	}
	if found, ok := p.methods[typ.name][name]; ok {
		return &closure{
			name: name, typ: found.fn.Type, recv: found.fn.Recv, self: o, body: found.fn.Body,
			in: &scope{vars: map[string]value{}, in: found.in},
		}
	}
	declared, ok := p.decls[typ.name]
	if !ok || declared.typ == nil {
		return nil
	}
	shape, ok := declared.typ.Type.(*ast.StructType)
	if !ok {
		return nil
	}
	for _, field := range shape.Fields.List {
		if len(field.Names) > 0 {
			continue
		}
		_, _, embedded := e.underlying(field.Type, declared.in)
		self := o
		if inner, ok := e.force(o.fields[baseName(field.Type)]).(*object); ok {
			self = inner
		}
		if method := e.method(self, name, embedded, level+1); method != nil {
			return method
		}
	}
	return nil
}
