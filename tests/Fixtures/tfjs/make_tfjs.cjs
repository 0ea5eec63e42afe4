// Writes the models in this folder with TensorFlow.js, and what TensorFlow.js computes with them into expected.json.
//
//   npm install --no-save @tensorflow/tfjs@4.22.0
//   node make_tfjs.cjs
'use strict';
const fs = require('fs');
const path = require('path');
const tf = require('@tensorflow/tfjs');

// Numbers that are the same in each run.
function numbers(seed) {
  return () => {
    seed = (seed + 0x6D2B79F5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296 - 0.5;
  };
}

function tensorOf(shape, next, scale = 2, dtype = 'float32') {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: size }, () => scale * next());
  return tf.tensor(dtype === 'int32' ? values.map(Math.round) : values, shape, dtype);
}

// Variances are positive, some biases stay at zero, as they do in models that were hardly trained.
function fill(model, seed, zeros = false) {
  const next = numbers(seed);
  const values = model.weights.map(w => {
    const made = tensorOf(w.shape, next, 1.4);
    return /variance/.test(w.originalName) ? tf.add(tf.abs(made), 0.5) : zeros && /bias|beta/.test(w.originalName) ? tf.zerosLike(made) : made;
  });
  model.setWeights(values);
  return model;
}

const bytesOf = t => Buffer.from(Uint8Array.from(new Uint8Array(t.buffer, t.byteOffset, t.byteLength)));

async function artifactsOf(model, config) {
  let saved;
  await model.save(tf.io.withSaveHandler(async a => {
    saved = a;
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(a) };
  }), config);
  return saved;
}

// What `model.save` writes: one file of weights, which browsers call "./model.weights.bin".
async function save(folder, model, config, file = 'weights.bin') {
  const a = await artifactsOf(model, config);
  fs.mkdirSync(folder, { recursive: true });
  const data = Buffer.from(tf.io.CompositeArrayBuffer.join(a.weightData));
  fs.writeFileSync(path.join(folder, file), data);
  const { weightData, weightSpecs, ...rest } = a;
  const weightsManifest = [{ paths: [file], weights: weightSpecs }];
  fs.writeFileSync(path.join(folder, 'model.json'), JSON.stringify({ ...rest, weightsManifest }));
}

// The rules of tensorflowjs' quantization.py: the range is moved so that zero is one of its steps, if zero is in it.
function quantized(values, dtype) {
  if (dtype === 'float16') {
    return { data: bytesOf(Uint16Array.from(values, half)), quantization: { dtype, original_dtype: 'float32' } };
  }

  const most = dtype === 'uint8' ? 255 : 65535;
  const Kind = dtype === 'uint8' ? Uint8Array : Uint16Array;
  let min = Math.min(...values);
  let max = Math.max(...values);
  let scale = 1;
  let data = new Kind(values.length);
  if (min !== max) {
    scale = (max - min) / most;
    if (min <= 0 && max >= 0) {
      const zero = roundEven(-min / scale);
      min = -zero * scale;
      max = most * scale + min;
    }

    data = Kind.from(values, v => roundEven((Math.min(Math.max(v, min), max) - min) / scale));
  }

  return { data: bytesOf(data), quantization: { dtype, min, scale, original_dtype: 'float32' } };
}

function roundEven(x) {
  const down = Math.floor(x);
  return x - down === 0.5 ? down + (down % 2) : Math.round(x);
}

// To the nearest float16, to even ones in the middle, as NumPy does.
function half(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) {
    return sign | 0x7c00;
  }

  const exponent = Math.max(Math.floor(Math.log2(size || 1e-30)), -14);
  const steps = roundEven(size / 2 ** (exponent - 10));
  return sign | (((exponent + 14) << 10) + steps);
}

// The form that `tensorflowjs_converter --input_format keras` writes: the topology within `model_config`, groups in shards of a size.
async function saveConverted(folder, model, options = {}) {
  const a = await artifactsOf(model);
  const all = Buffer.from(tf.io.CompositeArrayBuffer.join(a.weightData));
  let offset = 0;
  let entries = a.weightSpecs.map(spec => {
    const size = spec.shape.reduce((x, y) => x * y, 1);
    const bytes = all.subarray(offset, offset + 4 * size);
    offset += 4 * size;
    const entry = { name: spec.name, shape: spec.shape, dtype: spec.dtype };
    if (!options.quantize) {
      return { entry, bytes };
    }

    const values = Array.from({ length: size }, (_, i) => bytes.readFloatLE(4 * i));
    const { data, quantization } = quantized(values, options.quantize);
    return { entry: { ...entry, quantization }, bytes: data };
  });

  // HDF5 has the layers in the order of their names.
  entries = entries.map((e, i) => ({ ...e, layer: e.entry.name.split('/').slice(0, -1).join('/'), i }));
  entries.sort((x, y) => (x.layer < y.layer ? -1 : x.layer > y.layer ? 1 : x.i - y.i));
  const groups = options.splitByLayer ? [...new Set(entries.map(e => e.layer))].map(l => entries.filter(e => e.layer === l)) : [entries];
  fs.mkdirSync(folder, { recursive: true });
  const weightsManifest = groups.map((group, g) => {
    const bytes = Buffer.concat(group.map(e => e.bytes));
    const size = options.shard ?? 4 * 1024 * 1024;
    const count = Math.ceil(bytes.length / size);
    const paths = Array.from({ length: count }, (_, i) => {
      const name = `group${g + 1}-shard${i + 1}of${count}.bin`;
      fs.writeFileSync(path.join(folder, name), bytes.subarray(i * size, (i + 1) * size));
      return name;
    });
    return { paths, weights: group.map(e => e.entry) };
  });
  const { class_name, config } = a.modelTopology;
  const modelTopology = { keras_version: '2.15.0', backend: 'tensorflow', model_config: { class_name, config } };
  if (options.training) {
    modelTopology.training_config = options.training;
  }

  const json = {
    format: 'layers-model', generatedBy: 'keras v2.15.0', convertedBy: 'TensorFlow.js Converter v4.22.0', modelTopology, weightsManifest,
  };
  fs.writeFileSync(path.join(folder, 'model.json'), JSON.stringify(json));
}

// What TensorFlow.js makes of a model in a folder.
function load(folder) {
  const json = JSON.parse(fs.readFileSync(path.join(folder, 'model.json'), 'utf8'));
  return tf.loadLayersModel({
    load: () => tf.io.getModelArtifactsForJSON(json, async manifest => {
      const specs = [];
      const data = [];
      for (const group of manifest) {
        specs.push(...group.weights);
        data.push(...group.paths.map(p => fs.readFileSync(path.join(folder, p))));
      }

      const joined = Buffer.concat(data);
      return [specs, joined.buffer.slice(joined.byteOffset, joined.byteOffset + joined.length)];
    }),
  });
}

const listed = async t => ({ shape: t.shape, values: Array.from(await t.data(), v => (Number.isFinite(v) ? v : String(v))) });
const listOf = x => (Array.isArray(x) ? x : [x]);

// A model from its file, on inputs of the shapes that it asks for.
async function outputsOf(folder, inputs) {
  const model = await load(folder);
  const outputs = listOf(model.predict(inputs.length === 1 ? inputs[0] : inputs));
  return {
    inputs: await Promise.all(inputs.map(listed)),
    outputs: await Promise.all(outputs.map(listed)),
    weights: Object.fromEntries(await Promise.all(model.weights.map(async w => [w.originalName, await listed(w.read())]))),
  };
}

// Training that goes on from the file: the losses of some steps, and the outputs afterwards.
async function stepsOf(folder, x, y, steps) {
  const model = await load(folder);
  const losses = [];
  for (let i = 0; i < steps; i++) {
    losses.push(listOf(await model.trainOnBatch(x, y))[0]);
  }

  return { x: await listed(x), y: await listed(y), losses, after: await listed(model.predict(x)), iterations: model.optimizer.iterations };
}

function cnn() {
  return tf.sequential({
    name: 'digits',
    layers: [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', inputShape: [8, 8, 2] }),
      tf.layers.batchNormalization({ epsilon: 0.01 }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 3, kernelSize: [2, 3], strides: [2, 1], useBias: false }),
      tf.layers.dropout({ rate: 0.25 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 5, activation: 'softmax', kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }) }),
    ],
  });
}

// Two inputs, two outputs, a layer that is used twice, and names with a slash.
function functional() {
  const a = tf.input({ shape: [4], name: 'first' });
  const b = tf.input({ shape: [4], name: 'second' });
  const shared = tf.layers.dense({ units: 3, activation: 'tanh', name: 'tower/shared' });
  const c = tf.layers.concatenate({ name: 'joined' }).apply([shared.apply(a), shared.apply(b)]);
  const d = tf.layers.add().apply([shared.apply(b), tf.layers.dense({ units: 3, name: 'tower/own' }).apply(a)]);
  const y = tf.layers.dense({ units: 2, activation: 'softmax', name: 'classes' }).apply(c);
  const z = tf.layers.dense({ units: 1, name: 'value.out-1' }).apply(d);
  return tf.model({ inputs: [a, b], outputs: [y, z], name: 'twoWays' });
}

function nested() {
  const body = tf.sequential({
    name: 'body',
    layers: [tf.layers.dense({ units: 4, activation: 'elu', inputShape: [3], name: 'wide' }), tf.layers.dense({ units: 3, name: 'narrow' })],
  });
  const inner = tf.input({ shape: [3] });
  const block = tf.model({
    inputs: inner,
    outputs: tf.layers.add().apply([inner, tf.layers.batchNormalization({ name: 'norm' }).apply(body.apply(inner))]),
    name: 'block',
  });
  const x = tf.input({ shape: [3] });
  const out = tf.layers.dense({ units: 2, name: 'out', trainable: false }).apply(block.apply(block.apply(x)));
  return tf.model({ inputs: x, outputs: out, name: 'outer' });
}

// Functions that Keras 3 computes otherwise, or calls otherwise, and layers along one and three axes.
function activations() {
  return tf.sequential({
    layers: [
      tf.layers.conv1d({ filters: 6, kernelSize: 3, dilationRate: 2, activation: 'hardSigmoid', inputShape: [10, 3] }),
      tf.layers.averagePooling1d({ poolSize: 3, strides: 2, padding: 'same' }),
      tf.layers.activation({ activation: 'swish' }),
      tf.layers.dense({ units: 5, activation: 'softplus' }),
      tf.layers.activation({ activation: 'hardSigmoid' }),
      tf.layers.globalMaxPooling1d(),
      tf.layers.dense({ units: 4, activation: 'relu6' }),
      tf.layers.reLU({ maxValue: 0.7 }),
      tf.layers.softmax({ axis: 1 }),
    ],
  });
}

function mlp() {
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: 6, activation: 'relu', inputShape: [4], name: 'hidden' }),
      tf.layers.dense({ units: 3, activation: 'softmax', name: 'classes' }),
    ],
  });
}

async function compiled(folder, optimizer) {
  const model = fill(mlp(), 21);
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const next = numbers(22);
  const x = tensorOf([6, 4], next);
  const y = tf.oneHot(tf.tensor1d([0, 1, 2, 1, 0, 2], 'int32'), 3).toFloat();
  for (let i = 0; i < 3; i++) {
    await model.trainOnBatch(x, y);
  }

  await save(folder, model, { includeOptimizer: true });
  return { ...(await outputsOf(folder, [x])), training: await stepsOf(folder, x, y, 4) };
}

async function main() {
  await tf.setBackend('cpu');
  const expected = {};
  const at = name => path.join(__dirname, name);
  const image = tensorOf([3, 8, 8, 2], numbers(1));
  const rows = seed => tensorOf([3, 4], numbers(seed));

  await save(at('cnn'), fill(cnn(), 2), {}, './model.weights.bin');
  expected.cnn = await outputsOf(at('cnn'), [image]);
  await save(at('functional'), fill(functional(), 3));
  expected.functional = await outputsOf(at('functional'), [rows(4), rows(5)]);
  await save(at('nested'), fill(nested(), 6));
  expected.nested = await outputsOf(at('nested'), [tensorOf([3, 3], numbers(7))]);
  await save(at('activations'), fill(activations(), 8));
  expected.activations = await outputsOf(at('activations'), [tensorOf([2, 10, 3], numbers(9), 6)]);

  for (const quantize of ['uint8', 'uint16', 'float16']) {
    await saveConverted(at(quantize), fill(cnn(), 10, true), { quantize });
    expected[quantize] = await outputsOf(at(quantize), [image]);
  }

  const training = {
    loss: 'categorical_crossentropy', metrics: ['accuracy'], weighted_metrics: null, loss_weights: null,
    optimizer_config: {
      class_name: 'Custom>RMSprop',
      config: {
        name: 'RMSprop', weight_decay: null, clipnorm: null, global_clipnorm: null, clipvalue: null, use_ema: false, ema_momentum: 0.99,
        ema_overwrite_frequency: 100, jit_compile: false, is_legacy_optimizer: false, learning_rate: 0.0005, rho: 0.8, momentum: 0.0,
        epsilon: 1e-7, centered: false,
      },
    },
  };
  await saveConverted(at('converted'), fill(cnn(), 11), { training });
  expected.converted = await outputsOf(at('converted'), [image]);
  await saveConverted(at('shards'), fill(nested(), 12), { shard: 42, splitByLayer: true });
  expected.shards = await outputsOf(at('shards'), [tensorOf([3, 3], numbers(13))]);

  expected.sgd = await compiled(at('sgd'), tf.train.sgd(0.1));
  expected.momentum = await compiled(at('momentum'), tf.train.momentum(0.05, 0.9, true));
  expected.adam = await compiled(at('adam'), tf.train.adam(0.01));
  expected.rmsprop = await compiled(at('rmsprop'), tf.train.rmsprop(0.01, 0.8, 0.5));
  fs.writeFileSync(at('expected.json'), JSON.stringify(expected, null, 0).replace(/(\},)("\w+":\{"inputs")/g, '$1\n$2') + '\n');
}

module.exports = { tf, numbers, tensorOf, fill, save, saveConverted, load, outputsOf, stepsOf };
if (require.main === module) {
  main();
}
