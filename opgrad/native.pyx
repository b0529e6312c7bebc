# cython: language_level=3, binding=True, boundscheck=False, wraparound=False, initializedcheck=False
"""Compiled twins of the functions that eager passes spend their time in.

Each function here does what the Python function does that names it (``@twin("plan")``), for the
arguments that are most common, and hands all others over to that: to understand OpGrad, read that.
What makes these fast is that they read a node's slots, and a NumPy array's flags, shape and dtype,
where they are in memory, and not through attributes.

Nothing of OpGrad is imported here. :func:`connect` gets the classes and functions that are needed.
"""

from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF

cimport numpy as cnp

cnp.import_array()

cdef extern from *:
    """
    #include <structmember.h>

    #define SLOT(object, offset) (*(PyObject **)((char *)(object) + (offset)))
    #define IS(object, type) ((PyObject *)Py_TYPE(object) == (type))
    #define ARRAY(object) ((PyArrayObject *)(object))
    #define is_array(object) PyArray_CheckExact(object)
    #define is_float_array(object) PyArray_ISFLOAT(ARRAY(object))
    #define is_writeable(object) PyArray_ISWRITEABLE(ARRAY(object))
    #define owns_data(object) PyArray_CHKFLAGS(ARRAY(object), NPY_ARRAY_OWNDATA)
    #define bytes_of(object) PyArray_NBYTES(ARRAY(object))
    #define length_of(object, axis) PyArray_DIM(ARRAY(object), axis)
    #define axes_of(object) PyArray_NDIM(ARRAY(object))
    #define same_dtype(x, y) (PyArray_DESCR(ARRAY(x)) == PyArray_DESCR(ARRAY(y)))
    #define copy_of(object) PyArray_NewCopy(ARRAY(object), NPY_CORDER)

    /* Where instances keep what a member descriptor (a name in __slots__) gives; -1 if it is none. */
    static Py_ssize_t slot_offset(PyObject *descriptor) {
        if (!Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) return -1;
        return ((PyMemberDescrObject *)descriptor)->d_member->offset;
    }

    /* Of NumPy's own class, with axes, of floating or complex numbers. */
    static int is_floating_array(PyObject *x) {
        return PyArray_CheckExact(x) && PyArray_NDIM(ARRAY(x)) > 0
            && (PyArray_ISFLOAT(ARRAY(x)) || PyArray_ISCOMPLEX(ARRAY(x)));
    }

    static int same_shape(PyObject *x, PyObject *y) {
        return PyArray_NDIM(ARRAY(x)) == PyArray_NDIM(ARRAY(y))
            && PyArray_CompareLists(PyArray_DIMS(ARRAY(x)), PyArray_DIMS(ARRAY(y)),
                                    PyArray_NDIM(ARRAY(x)));
    }

    /* Whether x has the shape of the last axes of y. */
    static int is_tail(PyObject *x, PyObject *y) {
        int lead = PyArray_NDIM(ARRAY(y)) - PyArray_NDIM(ARRAY(x));
        return lead >= 0 && PyArray_CompareLists(PyArray_DIMS(ARRAY(x)),
                                                 PyArray_DIMS(ARRAY(y)) + lead,
                                                 PyArray_NDIM(ARRAY(x)));
    }

    /* A view that cannot be written to; an array that cannot, as it is. */
    static PyObject *read_only_view(PyObject *x) {
        PyObject *view;
        if (!PyArray_ISWRITEABLE(ARRAY(x))) return Py_NewRef(x);
        view = PyArray_View(ARRAY(x), NULL, NULL);
        if (view != NULL) PyArray_CLEARFLAGS(ARRAY(view), NPY_ARRAY_WRITEABLE);
        return view;
    }

    /* The same; but where the caller's reference is the only one, the array itself, sealed. */
    static PyObject *sealed(PyObject *x) {
        if (Py_REFCNT(x) == 1 && PyArray_CHKFLAGS(ARRAY(x), NPY_ARRAY_OWNDATA)) {
            PyArray_CLEARFLAGS(ARRAY(x), NPY_ARRAY_WRITEABLE);
            return Py_NewRef(x);
        }
        return read_only_view(x);
    }

    /* Whether somebody may write to its elements: through it, or what it is a view of. */
    static int may_change(PyObject *x) {
        while (x != NULL && PyArray_Check(x)) {
            if (PyArray_ISWRITEABLE(ARRAY(x))) return 1;
            x = PyArray_BASE(ARRAY(x));
        }
        return x != NULL && !PyBytes_CheckExact(x);
    }

    /* A copy that cannot be written to, in the same layout. */
    static PyObject *read_only_copy(PyObject *x) {
        PyObject *copy = PyArray_NewCopy(ARRAY(x), NPY_KEEPORDER);
        if (copy != NULL) PyArray_CLEARFLAGS(ARRAY(copy), NPY_ARRAY_WRITEABLE);
        return copy;
    }

    static int is_double_block(PyObject *x) {
        return PyArray_TYPE(ARRAY(x)) == NPY_DOUBLE && PyArray_ISCARRAY_RO(ARRAY(x));
    }

    /* No early exit: so it is a loop over vectors. */
    static int any_nan(PyObject *x) {
        const double *data = (const double *)PyArray_DATA(ARRAY(x));
        npy_intp i, size = PyArray_SIZE(ARRAY(x));
        int found = 0;
        for (i = 0; i < size; i++) found |= data[i] != data[i];
        return found;
    }

    /* The sum of a row, in the order in which NumPy's pairwise summation takes up to 128 numbers. */
    static double sum_of_row(const double *x, npy_intp n) {
        double sum, r[8];
        npy_intp i, k;
        if (n < 8) {
            for (i = 0, sum = -0.0; i < n; i++) sum += x[i];
            return sum;
        }
        for (k = 0; k < 8; k++) r[k] = x[k];
        for (i = 8; i < n - n % 8; i += 8)
            for (k = 0; k < 8; k++) r[k] += x[i + k];
        sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
        for (; i < n; i++) sum += x[i];
        return sum;
    }

    /* The sums over the last of two axes, which stays, with length one. */
    static PyObject *sums_of_rows(PyObject *x) {
        npy_intp i, columns = PyArray_DIM(ARRAY(x), 1), shape[2] = {PyArray_DIM(ARRAY(x), 0), 1};
        const double *data = (const double *)PyArray_DATA(ARRAY(x));
        PyObject *sums = PyArray_EMPTY(2, shape, NPY_DOUBLE, 0);
        double *total;
        if (sums == NULL) return NULL;
        total = (double *)PyArray_DATA(ARRAY(sums));
        for (i = 0; i < shape[0]; i++) total[i] = 0.0 + sum_of_row(data + i * columns, columns);
        return sums;
    }

    /* Whether a class derives from another and adds nothing to its instances. */
    static int is_alike(PyObject *type, PyObject *base) {
        return PyType_Check(type) && PyType_IsSubtype((PyTypeObject *)type, (PyTypeObject *)base)
            && ((PyTypeObject *)type)->tp_basicsize == ((PyTypeObject *)base)->tp_basicsize;
    }

    /* An object's class, set in spite of its __setattr__: to one of the same slots. */
    static void set_class(PyObject *x, PyObject *type) {
        PyTypeObject *old = Py_TYPE(x);
        Py_INCREF(type);
        Py_SET_TYPE(x, (PyTypeObject *)type);
        Py_DECREF(old);
    }

    /* The sum over the first of two axes, row by row, as NumPy adds them up. */
    static PyObject *sum_of_rows(PyObject *x) {
        npy_intp i, j, rows = PyArray_DIM(ARRAY(x), 0), columns = PyArray_DIM(ARRAY(x), 1);
        const double *data = (const double *)PyArray_DATA(ARRAY(x));
        PyObject *sum = PyArray_ZEROS(1, &columns, NPY_DOUBLE, 0);
        double *total;
        if (sum == NULL) return NULL;
        total = (double *)PyArray_DATA(ARRAY(sum));
        for (i = 0; i < rows; i++)
            for (j = 0; j < columns; j++) total[j] += data[i * columns + j];
        return sum;
    }
    """
    PyObject *SLOT(PyObject *, Py_ssize_t)
    bint IS(object, PyObject *)
    Py_ssize_t slot_offset(object)
    bint is_floating_array(object)
    bint same_shape(object, object)
    bint is_tail(object, object)
    object read_only_view(object)
    object sealed(object)
    bint may_change(object)
    object read_only_copy(object)
    bint is_subclass "PyArray_Check"(object)
    bint is_double_block(object)
    bint any_nan(object)
    object sum_of_rows(object)
    object sums_of_rows(object)
    bint is_alike(object, PyObject *)
    void set_class(object, object)
    Py_ssize_t length_of(object, int)
    bint is_array(object)
    bint is_float_array(object)
    bint is_writeable(object)
    bint owns_data(object)
    Py_ssize_t bytes_of(object)
    int axes_of(object)
    bint same_dtype(object, object)
    object copy_of(object)
    object PyType_GenericAlloc(PyTypeObject *, Py_ssize_t)
    bint PyObject_TypeCheck(object, PyTypeObject *)
    object PyObject_VectorcallDict(object, PyObject **, size_t, PyObject *)

# -- what is needed of OpGrad ----------------------------------------------------------------------

python = {}
"""By name, the functions in Python whose twins are here."""

cdef:
    PyObject *Node
    PyObject *Op
    PyObject *Constant
    PyObject *Value
    PyObject *Float64
    object _kept = None  # what the pointers above point to
    Py_ssize_t DATA, MORE, NUMBER, OP, X, Y, GRAD  # slots of nodes
    Py_ssize_t FORWARD, RULES, JOINT, ELEMENTWISE, ARITY, OPAQUE  # slots of ops
    object next_number, state, lookup, default, is_data, recover, settle, watch, only_residuals
    object usual, pull_back, accumulate, wrong_count, explain, by_number, InputError
    object snapshot_of_param
    Py_ssize_t LARGE, SMALL
    Py_ssize_t DEPTH


def connect(**parts):
    """Take what is needed, by name. No twin may be called before."""
    global Node, Op, Constant, Value, Float64, _kept
    global DATA, MORE, NUMBER, OP, X, Y, GRAD, FORWARD, RULES, JOINT, ELEMENTWISE, ARITY, OPAQUE
    global next_number, state, lookup, default, is_data, recover, settle, watch, only_residuals
    global usual, pull_back, accumulate, wrong_count, explain, by_number, InputError
    global snapshot_of_param, LARGE, SMALL, DEPTH
    for name in ("Node", "Op", "Constant", "Value", "Float64"):
        if not isinstance(parts[name], type):
            raise TypeError(f"{name} is {parts[name]!r}, which is no class")
    _kept = (_kept, parts)  # the earlier ones too: nodes may be theirs
    Node, Op, Constant, Value, Float64 = (
        <PyObject *>parts["Node"], <PyObject *>parts["Op"], <PyObject *>parts["Constant"],
        <PyObject *>parts["Value"], <PyObject *>parts["Float64"],
    )
    node, op = vars(parts["Node"]), vars(parts["Op"])
    DATA, MORE, NUMBER = _offset(node["data"]), _offset(node["more"]), _offset(node["number"])
    OP, X, Y = _offset(node["op"]), _offset(node["x"]), _offset(node["y"])
    GRAD = _offset(vars(parts["Value"])["grad"])
    FORWARD, RULES, JOINT = _offset(op["forward"]), _offset(op["rules"]), _offset(op["joint_rule"])
    ELEMENTWISE, ARITY, OPAQUE = (
        _offset(op["elementwise"]), _offset(op["arity"]), _offset(op["opaque"])
    )
    state = parts["state"]
    DEPTH = _offset(vars(type(state))["depth"])
    next_number, is_data = parts["next_number"], parts["is_data"]
    lookup, default = parts["lookup"], parts["default"]
    recover, settle, watch = parts["recover"], parts["settle"], parts["watch"]
    only_residuals, LARGE, SMALL = parts["only_residuals"], parts["LARGE"], parts["SMALL"]
    usual = parts["usual"]
    pull_back, accumulate = parts["pull_back"], parts["accumulate"]
    wrong_count, explain = parts["wrong_count"], parts["explain"]
    by_number, InputError = parts["by_number"], parts["InputError"]
    snapshot_of_param = parts["snapshot_of_param"]


cdef Py_ssize_t _offset(object descriptor) except -1:
    cdef Py_ssize_t offset = slot_offset(descriptor)
    if offset < 0:
        raise TypeError(f"{descriptor!r} is no slot")
    return offset


cdef inline object slot(object x, Py_ssize_t offset):
    """What a slot holds, of an object whose class is known to have it there."""
    cdef PyObject *found = SLOT(<PyObject *>x, offset)
    if found == NULL:
        raise InputError(f"the {type(x).__name__} that was given was made without its __init__")
    return <object>found


# Only Node.__init__ and the functions here see to it that a node is made of nodes; nothing keeps a
# caller from writing to its slots. Each object is looked at before its memory is.


cdef inline object of_node(object x, Py_ssize_t offset):
    if not is_node(x):
        raise InputError(f"expected a node, given {type(x).__name__}")
    return slot(x, offset)


cdef inline object of_op(object op, Py_ssize_t offset):
    if not PyObject_TypeCheck(op, <PyTypeObject *>Op):
        raise InputError(f"expected an op, given {type(op).__name__}")
    return slot(op, offset)


cdef inline tuple inputs_in(object more):
    """A node's inputs from the third on, of what it keeps beside the first two."""
    if type(more) is tuple and len(<tuple>more) == 2:
        others = (<tuple>more)[0]
        if type(others) is tuple and type((<tuple>more)[1]) is dict:
            return <tuple>others
    raise InputError(f"expected a node's further inputs and params, given {type(more).__name__}")


cdef inline object rule_of(object op, Py_ssize_t position):
    """Of what is known to be an op."""
    rules = slot(op, RULES)
    if type(rules) is not tuple or len(<tuple>rules) <= position:
        raise InputError(f"an op has no rule for input {position}")
    return (<tuple>rules)[position]


cdef inline void fill(object x, Py_ssize_t offset, object value):
    """Set a slot that is empty yet."""
    Py_INCREF(value)
    (<PyObject **>(<char *><PyObject *>x + offset))[0] = <PyObject *>value


cdef inline bint is_node(object x):
    return IS(x, Value) or IS(x, Constant) or PyObject_TypeCheck(x, <PyTypeObject *>Node)


cdef inline bint is_number(object x):
    return type(x) is float or type(x) is int


# -- forward -------------------------------------------------------------------------------------


cdef object new_node(PyObject *cls, object op, object x, object y, object more, object data):
    node = PyType_GenericAlloc(<PyTypeObject *>cls, 0)
    fill(node, OP, op)
    fill(node, X, x)
    fill(node, Y, y)
    fill(node, MORE, more)
    fill(node, DATA, data)
    fill(node, NUMBER, next_number())
    return node


cdef object new_constant(object x):
    if is_array(x):
        if bytes_of(x) <= SMALL and may_change(x):
            x = read_only_copy(x)
    elif is_subclass(x):
        return python["constant"](x)
    return new_node(Constant, None, None, None, None, x)


cdef object new_value(object op, object x, object y, object more, object data):
    node = new_node(Value, op, x, y, more, data)
    fill(node, GRAD, 0)
    if slot(state, DEPTH):
        watch(node)
    return node


def constant(x):
    return new_constant(x)


def record(op, x, y, more, data):
    return new_value(op, x, y, more, data)


def read_only(x):
    return read_only_view(x) if is_array(x) else python["read_only"](x)


cdef inline bint is_large(object data):
    return is_array(data) and bytes_of(data) >= LARGE


cdef object settled(object op, object data, object x, object y):
    """What a forward returned on one or two inputs, as a node keeps it."""
    if is_number(data) or type(data) is bool or type(data) is complex:
        return data
    if is_large(data) or is_large(slot(x, DATA)) or (y is not None and is_large(slot(y, DATA))):
        if only_residuals.get() is not None:
            return settle(op, data, (x,) if y is None else (x, y))
    if is_floating_array(data):
        return sealed(data)
    if IS(data, Float64) and (is_array(slot(x, DATA)) or IS(slot(x, DATA), Float64)):
        return data  # of numbers that are Python's, a Python number is made
    return settle(op, data, (x,) if y is None else (x, y))


def binary(str name, op=None):
    def method(x, y):
        nonlocal op
        if not is_node(y):
            if not (is_number(y) or is_floating_array(y) or is_data(y)):
                return python["binary"](name, op)(x, y)
            y = new_constant(y)
        if op is None:
            op = lookup(name)
        if not is_node(x):
            return python["binary"](name, op)(x, y)
        try:
            data = of_op(op, FORWARD)(slot(x, DATA), slot(y, DATA))
        except Exception as error:
            data = recover(error, op, (x, y))
        return new_value(op, x, y, None, settled(op, data, x, y))

    return method


def unary(str name, op=None):
    def method(x):
        nonlocal op
        if op is None:
            op = lookup(name)
        if not is_node(x):
            return python["unary"](name, op)(x)
        try:
            data = of_op(op, FORWARD)(slot(x, DATA))
        except Exception as error:
            data = recover(error, op, (x,))
        return new_value(op, x, None, None, settled(op, data, x, None))

    return method


cdef bint may_be_changed(object param):
    """Whether a param is, or is a tuple that holds, what may be written to."""
    if type(param) is not tuple:
        return type(param) is list or is_subclass(param)
    for x in <tuple>param:
        if type(x) is tuple or type(x) is list or is_subclass(x):
            return True
    return False


def apply(op, tuple args, params={}):
    cdef Py_ssize_t n = len(args)
    cdef list inputs = []
    cdef list data = []
    arity = of_op(op, ARITY)
    if slot(op, OPAQUE) or (arity is not None and arity != n) or n == 0:
        return python["apply"](op, args, params)
    for x in args:
        if not is_node(x):
            if not (is_number(x) or is_floating_array(x) or is_data(x)):
                return python["apply"](op, args, params)
            x = new_constant(x)
        inputs.append(x)
        data.append(slot(x, DATA))
    kept = dict(params)
    for key, param in kept.items():
        if is_node(param):
            return python["apply"](op, args, params)
        if may_be_changed(param):
            kept[key] = snapshot_of_param(param)
    given = tuple(inputs)
    try:
        out = slot(op, FORWARD)(*data, **kept)
    except Exception as error:
        out = recover(error, op, given, kept)
    data = None
    if n < 3:
        out = settled(op, out, given[0], given[1] if n == 2 else None)
    elif not is_number(out):
        out = settle(op, out, given)
    more = None
    if kept or n > 2 or arity is None:
        more = (given[2:], kept)
    return new_value(op, given[0], given[1] if n > 1 else None, more, out)


def array_ufunc(self, ufunc, method, *inputs, **kwargs):
    if method == "__call__" and not kwargs:
        operator = default().operators.get(ufunc)
        if operator is not None:
            return operator(*inputs)
    return python["array_ufunc"](self, ufunc, method, *inputs, **kwargs)


# -- walks ---------------------------------------------------------------------------------------


def plan(root, wrt):
    cdef list order = [root]
    cdef dict cotangents = {root: None}
    cdef set needed
    cdef Py_ssize_t i = 0
    cdef bint is_end, others = False
    if not is_node(root):
        return python["plan"](root, wrt)
    while i < len(order):
        node = order[i]
        i += 1
        x, y, more = of_node(node, X), slot(node, Y), slot(node, MORE)
        is_end = True
        if x is not None and not IS(x, Constant):
            is_end = False
            if x not in cotangents:
                cotangents[x] = None
                order.append(x)
        if y is not None and not IS(y, Constant):
            is_end = False
            if y not in cotangents:
                cotangents[y] = None
                order.append(y)
        if more is not None:
            for parent in inputs_in(more):
                if not IS(parent, Constant):
                    is_end = False
                    if parent not in cotangents:
                        cotangents[parent] = None
                        order.append(parent)
        if is_end and not others:
            others = wrt is not None and node not in wrt
    order.sort(key=by_number, reverse=True)
    if wrt is None or not others:
        return order, cotangents
    needed = set(wrt)
    for node in reversed(order):
        more = slot(node, MORE)
        if (
            slot(node, X) in needed
            or slot(node, Y) in needed
            or (more is not None and not needed.isdisjoint(inputs_in(more)))
        ):
            needed.add(node)
    order = [node for node in order if node in needed]
    return order, dict.fromkeys(order)


def newer(leaves, start, *, stop=frozenset()):
    cdef set seen = {x for x in leaves if is_node(x) and not IS(x, Constant)}
    cdef list order = list(seen)
    cdef Py_ssize_t i = 0
    while i < len(order):
        node = order[i]
        i += 1
        if of_node(node, NUMBER) < start or (stop and node in stop):
            continue
        x, y, more = slot(node, X), slot(node, Y), slot(node, MORE)
        if x is not None and not IS(x, Constant) and x not in seen:
            seen.add(x)
            order.append(x)
        if y is not None and not IS(y, Constant) and y not in seen:
            seen.add(y)
            order.append(y)
        if more is not None:
            for parent in inputs_in(more):
                if not IS(parent, Constant) and parent not in seen:
                    seen.add(parent)
                    order.append(parent)
    return order


# -- backward ------------------------------------------------------------------------------------


def run_in_order(self, root, cotangent, wrt, record=False, /):
    cdef dict cotangents
    cdef list order
    cdef set owned = set()
    cdef PyObject *args[4]
    if (
        record
        or not is_node(root)
        or slot(state, DEPTH)
        or not isinstance(slot(root, DATA), usual)
    ):
        return python["run_in_order"](self, root, cotangent, wrt, record)
    order, cotangents = plan(root, wrt)
    if root in cotangents:
        cotangents[root] = cotangent
    node = root
    try:
        for node in order:
            g, op = cotangents[node], slot(node, OP)
            if g is None or op is None:
                continue
            if wrt is not None and node not in wrt:
                cotangents[node] = None
            x, y, more, joint = slot(node, X), slot(node, Y), slot(node, MORE), of_op(op, JOINT)
            if more is not None and (
                y is not None or joint is not None or slot(op, ARITY) is None
            ):
                for parent, ct in pull_back(node, g, cotangents):
                    accumulate(cotangents, owned, parent, ct)
                continue
            if is_array(g):
                g = sealed(g)
            elif not is_number(g) and not IS(g, Float64):
                g = read_only(g)
            out, xd, cy = slot(node, DATA), of_node(x, DATA), None
            needs_x, needs_y = x in cotangents, y is not None and y in cotangents
            if y is None:
                if not needs_x:
                    continue
                rule = rule_of(op, 0)
                if more is None:
                    cx = rule(g, out, xd)
                else:
                    inputs_in(more)
                    args[0], args[1], args[2] = <PyObject *>g, <PyObject *>out, <PyObject *>xd
                    cx = PyObject_VectorcallDict(rule, args, 3, <PyObject *>(<tuple>more)[1])
            else:
                yd = of_node(y, DATA)
                if joint is None:
                    cx = rule_of(op, 0)(g, out, xd, yd) if needs_x else None
                    cy = rule_of(op, 1)(g, out, xd, yd) if needs_y else None
                elif not needs_x and not needs_y:
                    continue
                else:
                    cts = joint(g, out, xd, yd)
                    if type(cts) is not tuple or len(<tuple>cts) != 2:
                        raise wrong_count(node, cts)
                    cx, cy = <tuple>cts
                    cts = None
            g = None
            if needs_x:
                add_up(cotangents, owned, x, fitted(node, 0, xd, cx))
            if needs_y:
                add_up(cotangents, owned, y, fitted(node, 1, yd, cy))
            cx = cy = None
    except Exception as error:
        explain(error, node)
        raise
    return cotangents


def fit(node, position, primal, ct, *, record=False):
    if record:
        return python["fit"](node, position, primal, ct, record=True)
    return fitted(node, position, primal, ct)


cdef object fitted(object node, object position, object primal, object ct):
    """The cotangent for one input, checked, in its form."""
    if is_number(ct) and is_number(primal) or IS(ct, Float64) and IS(primal, Float64):
        return ct
    if (
        is_array(ct)
        and is_array(primal)
        and same_dtype(ct, primal)
        and is_float_array(ct)
    ):
        if same_shape(ct, primal):
            return ct
        out = of_node(node, DATA)
        if (
            axes_of(ct) == 2
            and of_op(slot(node, OP), ELEMENTWISE)
            and is_array(out)
            and same_shape(ct, out)
            and is_double_block(ct)
            and bytes_of(ct) < LARGE
        ):
            if axes_of(primal) == 1 and is_tail(primal, ct) and length_of(ct, 1) > 1:
                return sum_of_rows(ct)
            if (
                axes_of(primal) == 2
                and length_of(primal, 0) == length_of(ct, 0)
                and length_of(primal, 1) == 1
                and length_of(ct, 1) <= 128
            ):
                return sums_of_rows(ct)
    return python["fit"](node, position, primal, ct)


cdef int add_up(dict cotangents, set owned, object node, object ct) except -1:
    """Add what arrives at a node."""
    old = cotangents[node]
    if old is None:
        cotangents[node] = ct
    elif is_number(old) and is_number(ct) or (
        is_array(old) and is_array(ct) and same_dtype(old, ct) and bytes_of(old) < LARGE
    ):
        cotangents[node] = old + ct
    else:
        accumulate(cotangents, owned, node, ct)
    return 0


# -- around a call --------------------------------------------------------------------------------


def leaves(list arrays):
    return [
        new_value(None, None, None, None, read_only_view(x))
        if is_array(x)
        else python["leaves"]([x])[0]
        for x in arrays
    ]


def spend(list nodes, cls):
    for node in nodes:
        if IS(node, Value) and slot(node, OP) is None and is_alike(cls, Value):
            set_class(node, cls)
        else:
            python["spend"]([node], cls)


def older(list nodes, start):
    return [node for node in nodes if of_node(node, NUMBER) < start]


# -- what comes back -----------------------------------------------------------------------------


def has_nan(data, *, if_lazy=False):
    if is_array(data) and is_double_block(data):
        return any_nan(data)
    return python["has_nan"](data, if_lazy=if_lazy)


def any_has_nan(cts):
    for ct in cts:
        if ct is None or type(ct) is int:
            continue
        if type(ct) is float:
            if <double>ct != <double>ct:
                return True
        elif is_array(ct) and is_double_block(ct):
            if any_nan(ct):
                return True
        elif python["any_has_nan"]((ct,)):
            return True
    return False


def own(leaf, set seen):
    data = slot(leaf, DATA) if is_node(leaf) else leaf
    if not is_array(data) or axes_of(data) == 0:
        return python["own"](leaf, seen)
    if data is leaf and is_writeable(data) and owns_data(data):
        address = <size_t><PyObject *>data
        if address not in seen:
            seen.add(address)
            return data
    return copy_of(data)
