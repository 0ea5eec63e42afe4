"""Graphs of keras.ops and of attention layers with what Keras computes, for the tests of the engine.

python make_operations.py OUT (Keras 3.15.1, any backend): OUT/operations.json and OUT/attention.json. A case holds the layers of the graph
but its inputs, where the outputs come from, and of each output its shape, type, sum, and sum weighed by 5 i % 7 - 3. Inputs and weights are
made of formulas, which the tests repeat.
"""
import json
import os
import sys

import keras
import numpy as np

ops, L = keras.ops, keras.layers
OUT = sys.argv[1]


def real(shape, a, m, c, s):
    return ((np.arange(np.prod(shape)) * a % m - c) / s).astype("float32").reshape(shape)


DATA = {
    "x": real((2, 3, 4), 7, 11, 5, 4.0), "y": real((2, 3, 4), 5, 13, 6, 3.0), "k": (np.arange(6) * 3 % 5).astype("int32").reshape(2, 3),
    "q": real((2, 4, 6), 7, 11, 5, 4.0), "v": real((2, 5, 6), 5, 13, 6, 3.0), "w": real((2, 5, 6), 3, 17, 8, 5.0),
    "m": (np.arange(40) % 3 > 0).astype("int32").reshape(2, 4, 5), "n": (np.arange(10) % 4 < 3).astype("int32").reshape(2, 5),
    "g": real((2, 3, 2, 4), 7, 11, 5, 4.0),
}


def case(name, names, f):
    keras.backend.clear_session()
    inputs = [keras.Input(DATA[n].shape[1:], dtype=str(DATA[n].dtype), name=n) for n in names]
    outputs = f(*inputs)
    model = keras.Model(inputs, outputs)
    for i, weight in enumerate(model.weights):
        weight.assign((np.sin(np.arange(np.prod(weight.shape)) * 0.7 + i) * 0.4).astype("float32").reshape(weight.shape))
    values = model([DATA[n] for n in names])
    config = json.loads(model.to_json())["config"]
    results = []
    for spec, value in zip(model.outputs, values if isinstance(values, (list, tuple)) else [values]):
        flat = np.asarray(value).astype("float64").reshape(-1)
        results.append([list(spec.shape), spec.dtype, list(value.shape), float(flat.sum()), float((flat * (np.arange(flat.size) * 5 % 7 - 3)).sum())])
    return dict(name=name, inputs=names, layers=[l for l in config["layers"] if l["class_name"] != "InputLayer"],
                ends=config["output_layers"], weights=[w.path for w in model.weights], results=results)


OPERATIONS = {
    "add": lambda x,y,k:x+y,
    "add_int": lambda x,y,k:k+2,
    "add_float": lambda x,y,k:k+1.5,
    "sub": lambda x,y,k:2-x,
    "mul": lambda x,y,k:x*y,
    "mulk": lambda x,y,k:k*x[:,:,0],
    "truediv": lambda x,y,k:k/2,
    "floordiv": lambda x,y,k:k//2,
    "floordivf": lambda x,y,k:x//0.5,
    "mod": lambda x,y,k:x%0.7,
    "modk": lambda x,y,k:(0-k)%3,
    "pow": lambda x,y,k:x**2,
    "powk": lambda x,y,k:k**2,
    "neg": lambda x,y,k:-x,
    "abs": lambda x,y,k:abs(x),
    "matmul": lambda x,y,k:x@ops.transpose(y,(0,2,1)),
    "matmul_c": lambda x,y,k:x@ops.convert_to_tensor(np.arange(8.).reshape(4,2).astype('float32')),
    "gt": lambda x,y,k:x>y,
    "ge": lambda x,y,k:x>=0,
    "lt": lambda x,y,k:x<0.5,
    "le": lambda x,y,k:k<=2,
    "ne": lambda x,y,k:ops.not_equal(x,0.25),
    "eq": lambda x,y,k:ops.equal(k,2),
    "and": lambda x,y,k:(x>0)&(y>0),
    "or": lambda x,y,k:(x>0)|(y>0),
    "xor": lambda x,y,k:ops.logical_xor(x>0,y>0),
    "not": lambda x,y,k:~(x>0),
    "add_bool": lambda x,y,k:ops.add(x>0,y>0),
    "add_bool_int": lambda x,y,k:(x>0)+1,
    "item0": lambda x,y,k:x[:,1],
    "item1": lambda x,y,k:x[...,0],
    "item2": lambda x,y,k:x[:,None,::2],
    "item3": lambda x,y,k:x[:,:,:2],
    "item4": lambda x,y,k:x[:,-1,1:3],
    "item5": lambda x,y,k:x[:,::-1],
    "item6": lambda x,y,k:x[:,2:0:-1,-3:],
    "item7": lambda x,y,k:x[1],
    "exp": lambda x,y,k:ops.exp(x),
    "expk": lambda x,y,k:ops.exp(k),
    "log": lambda x,y,k:ops.log(abs(x)+1),
    "log1p": lambda x,y,k:ops.log1p(abs(x)),
    "sqrt": lambda x,y,k:ops.sqrt(abs(x)),
    "square": lambda x,y,k:ops.square(x),
    "squarek": lambda x,y,k:ops.square(k),
    "sign": lambda x,y,k:ops.sign(x),
    "floor": lambda x,y,k:ops.floor(x),
    "ceil": lambda x,y,k:ops.ceil(x),
    "round": lambda x,y,k:ops.round(x),
    "round1": lambda x,y,k:ops.round(x,1),
    "recip": lambda x,y,k:ops.reciprocal(abs(x)+1),
    "sin": lambda x,y,k:ops.sin(x),
    "cos": lambda x,y,k:ops.cos(x),
    "tanh": lambda x,y,k:ops.tanh(x),
    "rsqrt": lambda x,y,k:ops.rsqrt(abs(x)+1),
    "erf": lambda x,y,k:ops.erf(x),
    "arctan2": lambda x,y,k:ops.arctan2(x,y),
    "logaddexp": lambda x,y,k:ops.logaddexp(x,y),
    "maximum": lambda x,y,k:ops.maximum(x,y),
    "minimum0": lambda x,y,k:ops.minimum(x,0),
    "sum": lambda x,y,k:ops.sum(x),
    "sum1": lambda x,y,k:ops.sum(x,axis=1),
    "sum12": lambda x,y,k:ops.sum(x,axis=(1,2),keepdims=True),
    "sumk": lambda x,y,k:ops.sum(k,axis=-1),
    "sumb": lambda x,y,k:ops.sum(x>0,axis=-1),
    "mean": lambda x,y,k:ops.mean(x,axis=-1),
    "meank": lambda x,y,k:ops.mean(k,axis=1),
    "var": lambda x,y,k:ops.var(x,axis=1),
    "std": lambda x,y,k:ops.std(x,axis=(1,2)),
    "max": lambda x,y,k:ops.max(x,axis=1),
    "maxi": lambda x,y,k:ops.max(x,axis=1,initial=0.5),
    "min": lambda x,y,k:ops.min(x,axis=-1,keepdims=True),
    "amax": lambda x,y,k:ops.amax(x,axis=1),
    "any": lambda x,y,k:ops.any(x>1,axis=-1),
    "anyx": lambda x,y,k:ops.any(x,axis=1),
    "all": lambda x,y,k:ops.all(x>-1,axis=-1),
    "prod": lambda x,y,k:ops.prod(x,axis=1),
    "prodk": lambda x,y,k:ops.prod(k,axis=1),
    "argmax": lambda x,y,k:ops.argmax(x,axis=-1),
    "argmin": lambda x,y,k:ops.argmin(x,axis=1),
    "cumsum": lambda x,y,k:ops.cumsum(x,axis=1),
    "cumsumk": lambda x,y,k:ops.cumsum(k,axis=1),
    "logsumexp": lambda x,y,k:ops.logsumexp(x,axis=-1),
    "logsumexp2": lambda x,y,k:ops.logsumexp(x,axis=(1,2)),
    "reshape": lambda x,y,k:ops.reshape(x,(-1,12)),
    "reshape2": lambda x,y,k:ops.reshape(x,(-1,2,6)),
    "transpose": lambda x,y,k:ops.transpose(x,(0,2,1)),
    "transposed": lambda x,y,k:ops.transpose(x),
    "swap": lambda x,y,k:ops.swapaxes(x,1,2),
    "move": lambda x,y,k:ops.moveaxis(x,1,-1),
    "expand": lambda x,y,k:ops.expand_dims(x,1),
    "expand2": lambda x,y,k:ops.expand_dims(x,-1),
    "squeeze": lambda x,y,k:ops.squeeze(x[:,:1],1),
    "concat": lambda x,y,k:ops.concatenate([x,y],axis=-1),
    "concat0": lambda x,y,k:ops.concatenate([x,y]),
    "concatk": lambda x,y,k:ops.concatenate([k,x[:,:,0]],1),
    "stack": lambda x,y,k:ops.stack([x,y],axis=1),
    "split": lambda x,y,k:ops.split(x,2,axis=2),
    "splitc": lambda x,y,k:ops.split(x,[1,3],axis=2),
    "unstack": lambda x,y,k:ops.unstack(x,3,axis=1),
    "clip": lambda x,y,k:ops.clip(x,-0.5,0.5),
    "clipk": lambda x,y,k:ops.clip(k,1,3),
    "where": lambda x,y,k:ops.where(x>0,x,0.0),
    "wherek": lambda x,y,k:ops.where(k>2,k,0.5),
    "take": lambda x,y,k:ops.take(x,[2,0],axis=1),
    "take1": lambda x,y,k:ops.take(x,1,axis=-1),
    "takek": lambda x,y,k:ops.take(ops.reshape(x[0],(12,)),k),
    "taa": lambda x,y,k:ops.take_along_axis(x,ops.argmax(x,axis=-1,keepdims=True),axis=-1),
    "flip": lambda x,y,k:ops.flip(x,axis=1),
    "roll": lambda x,y,k:ops.roll(x,1,axis=1),
    "repeat": lambda x,y,k:ops.repeat(x,2,axis=1),
    "tile": lambda x,y,k:ops.tile(x,(1,2,1)),
    "tril": lambda x,y,k:ops.tril(x),
    "triu": lambda x,y,k:ops.triu(x,1),
    "sort": lambda x,y,k:ops.sort(x,axis=-1),
    "argsort": lambda x,y,k:ops.argsort(x,axis=1),
    "pad": lambda x,y,k:ops.pad(x,((0,0),(1,2),(0,1))),
    "bcast": lambda x,y,k:ops.broadcast_to(ops.mean(x,keepdims=True),(2,3,4)),
    "zl": lambda x,y,k:ops.zeros_like(x),
    "ol": lambda x,y,k:ops.ones_like(k),
    "cast": lambda x,y,k:ops.cast(x,'int32'),
    "castf": lambda x,y,k:ops.cast(k,'float32'),
    "stopg": lambda x,y,k:ops.stop_gradient(x),
    "relu": lambda x,y,k:ops.relu(x),
    "relu6": lambda x,y,k:ops.relu6(x*9),
    "sigmoid": lambda x,y,k:ops.sigmoid(x),
    "softplus": lambda x,y,k:ops.softplus(x),
    "softsign": lambda x,y,k:ops.softsign(x),
    "silu": lambda x,y,k:ops.silu(x),
    "logsigmoid": lambda x,y,k:ops.log_sigmoid(x),
    "leaky": lambda x,y,k:ops.leaky_relu(x,0.1),
    "hards": lambda x,y,k:ops.hard_sigmoid(x),
    "hardsilu": lambda x,y,k:ops.hard_silu(x),
    "elu": lambda x,y,k:ops.elu(x),
    "selu": lambda x,y,k:ops.selu(x),
    "celu": lambda x,y,k:ops.celu(x,1.5),
    "gelu": lambda x,y,k:ops.gelu(x),
    "gelu_exact": lambda x,y,k:ops.gelu(x,approximate=False),
    "glu": lambda x,y,k:ops.glu(x),
    "hardtanh": lambda x,y,k:ops.hard_tanh(x),
    "tanhshrink": lambda x,y,k:ops.tanh_shrink(x),
    "softshrink": lambda x,y,k:ops.soft_shrink(x),
    "hardshrink": lambda x,y,k:ops.hard_shrink(x),
    "softmax": lambda x,y,k:ops.softmax(x),
    "softmax1": lambda x,y,k:ops.softmax(x,axis=1),
    "logsoftmax": lambda x,y,k:ops.log_softmax(x),
    "onehot": lambda x,y,k:ops.one_hot(k,5),
    "normalize": lambda x,y,k:ops.normalize(x,axis=-1),
    "einsum": lambda x,y,k:ops.einsum('abc,adc->abd',x,y),
    "isnan": lambda x,y,k:ops.isnan(x),
    "bcast2": lambda x,y,k:x+ops.expand_dims(x[:,0],1),
    "sub_const": lambda x,y,k:x-np.array([1.,2.,3.,4.],'float32'),
}


def attention():
    mha = lambda **k: L.MultiHeadAttention(2, 3, **k)
    yield "plain", "qv", lambda q, v: mha()(q, v)
    yield "key", "qvw", lambda q, v, w: mha(value_dim=4, output_shape=5, use_bias=False)(q, v, key=w)
    yield "positions", "qvw", lambda q, v, w: mha()(q, v, w)
    yield "names", "qv", lambda q, v: mha()(query=q, value=v)
    yield "causal", "qv", lambda q, v: mha()(q, v, use_causal_mask=True)
    yield "mask", "qvm", lambda q, v, m: mha()(q, v, attention_mask=m)
    yield "mask_and_causal", "qvm", lambda q, v, m: mha()(q, v, attention_mask=m, use_causal_mask=True)
    yield "value_mask", "qvn", lambda q, v, n: mha()(q, v, value_mask=n)
    yield "scores", "qv", lambda q, v: mha()(q, v, return_attention_scores=True)[0]
    yield "self_scores", "q", lambda q: list(mha()(q, q, return_attention_scores=True))
    yield "self_causal_scores", "q", lambda q: list(mha()(q, q, return_attention_scores=True, use_causal_mask=True))
    yield "window", "qv", lambda q, v: mha(sliding_window=2)(q, v)
    yield "gate", "qv", lambda q, v: mha(use_gate=True, value_dim=2)(q, v)
    yield "dropout", "qvn", lambda q, v, n: mha(dropout=0.3)(q, v, value_mask=n)
    yield "two_sizes", "qv", lambda q, v: mha(output_shape=(2, 3))(q, v)
    yield "axes_all", "g", lambda g: mha()(g, g)
    yield "axes_first", "g", lambda g: mha(attention_axes=1)(g, g)
    yield "axes_second", "g", lambda g: mha(attention_axes=(-2,))(g, g)
    yield "axes_scores", "g", lambda g: mha(attention_axes=(2,))(g, g, return_attention_scores=True)[0]
    gqa = lambda **k: L.GroupQueryAttention(3, 4, 2, **k)
    yield "group", "qv", lambda q, v: gqa()(q, v)
    yield "group_key", "qvw", lambda q, v, w: gqa(use_bias=False)(q, v, key=w)
    yield "group_causal", "qv", lambda q, v: gqa()(q, v, use_causal_mask=True)
    yield "group_scores", "qv", lambda q, v: list(gqa()(q, v, return_attention_scores=True))
    yield "group_window", "qv", lambda q, v: gqa(sliding_window=3, use_gate=True)(q, v)
    yield "group_mask", "qvm", lambda q, v, m: gqa()(q, v, attention_mask=m)
    yield "dot", "qvw", lambda q, v, w: L.Attention()([q, v, w])
    yield "dot_scale", "qv", lambda q, v: L.Attention(use_scale=True)([q, v])
    yield "dot_causal", "qv", lambda q, v: L.Attention()([q, v], use_causal_mask=True)
    yield "dot_scores", "qv", lambda q, v: list(L.Attention(use_scale=True)([q, v], return_attention_scores=True))
    yield "dot_mask", "qvn", lambda q, v, n: L.Attention()([q, v], mask=[None, ops.cast(n, "bool")])
    yield "dot_mask_causal", "qvn", lambda q, v, n: L.Attention()([q, v], mask=[None, ops.cast(n, "bool")], use_causal_mask=True)
    yield "concat", "qv", lambda q, v: L.Attention(score_mode="concat")([q, v])
    yield "concat_scale", "qvw", lambda q, v, w: L.Attention(score_mode="concat", use_scale=True)([q, v, w])
    yield "additive", "qv", lambda q, v: L.AdditiveAttention()([q, v])
    yield "additive_plain", "qvw", lambda q, v, w: L.AdditiveAttention(use_scale=False)([q, v, w])
    yield "additive_causal", "qv", lambda q, v: list(L.AdditiveAttention()([q, v], use_causal_mask=True, return_attention_scores=True))
    yield "dense_by_name", "q", lambda q: L.Dense(3)(inputs=q)
    yield "softmax_mask", "qv", lambda q, v: L.Softmax()(q, q > 0)


def write(name, cases):
    with open(os.path.join(OUT, name), "w", newline="\n") as file:
        json.dump(dict(keras=keras.__version__, cases=cases), file, separators=(",", ":"))
        file.write("\n")


write("operations.json", [case(name, ["x", "y", "k"], f) for name, f in OPERATIONS.items()])
write("attention.json", [case(name, list(names), f) for name, names, f in attention()])
