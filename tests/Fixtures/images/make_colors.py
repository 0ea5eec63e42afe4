"""What Keras 3.15.1 makes of images, for tests: python3 make_colors.py, with keras 3.15.1 (KERAS_BACKEND=numpy) on the path.

Each case is a layer's configuration, images as they are given, the draws ("draws": what the layer's transform_images takes), and the
output. Where the draws are left out the layer is called as it is: its ranges are points. Images are in channels_last unless the
configuration says otherwise. "ops" are functions of keras.ops.image.
"""
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "numpy")
import keras
import numpy as np

layers, image = keras.layers, keras.ops.image
rng = np.random.default_rng(20)
unit = np.round(rng.uniform(0, 1, (2, 4, 5, 3)), 3).astype("float32")
unit[0, 0, 0] = 0
unit[0, 0, 1] = 1
unit[0, 0, 2] = [0.5, 0.5, 0.5]
unit[0, 1, 0] = [0.25, 0.75, 0.75]
unit[0, 1, 1] = [0.75, 0.25, 0.75]
unit[0, 1, 2] = [0.75, 0.75, 0.25]
wide = np.round(unit * 255, 1).astype("float32")
whole = np.floor(unit * 255).astype("uint8")
first = lambda x: np.ascontiguousarray(np.moveaxis(x, -1, -3))
column = lambda *v: np.array(v, "float32").reshape(-1, 1, 1, 1)
row = lambda *v: np.array(v, "float32")
cases = []


def plain(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def numbers(x):
    return {"shape": list(x.shape), "dtype": str(x.dtype), "values": [float("%.9g" % v) for v in x.astype("float64").ravel()]}


def add(name, layer, x, draws=None, **more):
    shape = x.shape
    y = layer.transform_images(x, draws) if draws is not None else layer(x, training=True)
    config = layer.get_config()
    config.pop("name")
    config["dtype"] = "float32"
    cases.append(dict(name=name, layer=type(layer).__name__, config=config, input=numbers(x.reshape(shape)), draws=plain(draws), output=numbers(np.asarray(y)), **more))


def both(name, make, x, draws=None):
    add(name, make(), x, draws)
    add(name + "_first", make(data_format="channels_first"), first(x), draws)


L = lambda cls, **kw: lambda **more: getattr(layers, cls)(**kw, **more)
both("contrast", L("RandomContrast", factor=(-0.4, 0.4)), wide)
add("contrast_bytes", layers.RandomContrast((-0.4, 0.4)), whole)
add("contrast_one", layers.RandomContrast((-0.3, 0.3)), wide[1])
add("brightness", layers.RandomBrightness((-0.3, -0.3)), wide)
add("brightness_unit", layers.RandomBrightness((0.4, 0.4), value_range=(0, 1)), unit)
add("brightness_odd", layers.RandomBrightness((0.4, 0.4), value_range=(-0.5, 0.9)), unit)
both("hue", L("RandomHue", factor=0.5), wide, {"factor": row(0.23, -0.4)})
add("hue_unit", layers.RandomHue(0.5, value_range=(0, 1)), unit, {"factor": row(0.5, 0.05)})
add("hue_shifted", layers.RandomHue(0.5, value_range=(-1, 1)), unit * 2 - 1, {"factor": row(0.5, -0.05)})
both("saturation", L("RandomSaturation", factor=(0.6, 0.6), value_range=(0, 1)), unit)
add("saturation_less", layers.RandomSaturation((0.3, 0.3)), wide)
add("saturation_more", layers.RandomSaturation((0.7, 0.7)), wide)
add("saturation_negative", layers.RandomSaturation((-0.5, -0.5), value_range=(0, 1)), unit)
add("saturation_full", layers.RandomSaturation((1.0, 1.0), value_range=(0, 1)), unit)
both("degeneration", L("RandomColorDegeneration", factor=(0.7, 0.7)), wide)
add("degeneration_negative", layers.RandomColorDegeneration((-0.7, -0.7), value_range=(0, 1)), unit)
both("grayscale", L("RandomGrayscale", factor=1.0), wide)
add("grayscale_bytes", layers.RandomGrayscale(1.0), whole)
add("grayscale_grey", layers.RandomGrayscale(1.0), wide[..., :1].copy())
add("grayscale_some", layers.RandomGrayscale(0.5), wide, np.array([False, True]).reshape(2, 1, 1, 1))
both("sharpness", L("RandomSharpness", factor=(0.9, 0.9)), wide)
add("sharpness_blur", layers.RandomSharpness((0.1, 0.1), value_range=(0, 1)), unit)
add("sharpness_grey", layers.RandomSharpness((0.1, 0.1)), wide[:1, ..., :1].copy())
both("invert", L("RandomInvert", factor=(1.0, 1.0)), wide)
add("invert_range", layers.RandomInvert((1.0, 1.0), value_range=(10, 200)), wide)
both("blur", L("RandomGaussianBlur", factor=(1.0, 1.0), kernel_size=3, sigma=(0.8, 0.8)), wide)
add("blur_sizes", layers.RandomGaussianBlur((1.0, 1.0), kernel_size=(3, 5), sigma=(0.5, 0.5)), wide)
add("blur_deviations", layers.RandomGaussianBlur(1.0, kernel_size=3), wide, {"blur_factor": row(0.4, 0.9), "should_apply_blur": np.array([True, False])})
add("blur_none", layers.RandomGaussianBlur((1.0, 1.0), kernel_size=3, sigma=0.0), wide)
for bits in (1, 3, 8):
    add(f"posterization_{bits}", layers.RandomPosterization((bits, bits)), wide)
both("posterization_unit", L("RandomPosterization", factor=(2, 2), value_range=(0, 1)), unit)
add("posterization_two", layers.RandomPosterization((1, 8), value_range=(-1, 1)), unit * 2 - 1, {"shift_factor": np.array([7, 4], "uint8")})
add("solarization_default", layers.Solarization(), wide)
add("solarization", layers.Solarization(0.3, 0.6), wide, {"additions": column(30.0, 0.0), "thresholds": column(128.0, 100.0)})
add("solarization_unit", layers.Solarization(0.3, 0.6, value_range=(0, 1)), unit, {"additions": column(30.0, 70.0), "thresholds": column(128.0, 200.0)})
add("auto_contrast", layers.AutoContrast(), wide)
narrow = wide * 0.3 + 40
narrow[1, ..., 1] = 77
add("auto_contrast_narrow", layers.AutoContrast(), narrow)
add("auto_contrast_unit", layers.AutoContrast(value_range=(0, 1)), narrow / 255)
add("auto_contrast_bytes", layers.AutoContrast(), narrow.astype("uint8"))
add("auto_contrast_one", layers.AutoContrast(), narrow[1])
both("equalization", L("Equalization"), narrow)
add("equalization_unit", layers.Equalization(value_range=(0, 1)), unit)
add("equalization_shifted", layers.Equalization(value_range=(-1, 1)), unit * 2 - 1)
add("equalization_bins", layers.Equalization(bins=16), wide)
add("equalization_bytes", layers.Equalization(), whole)
same = wide.copy()
same[..., 2] = 99
add("equalization_same", layers.Equalization(), same)
jitter = dict(brightness_factor=(0.1, 0.1), contrast_factor=(-0.3, 0.3), saturation_factor=(0.55, 0.55), hue_factor=(0.0, 0.0))
add("jitter", layers.RandomColorJitter(value_range=(0, 1), **jitter), unit)
add("jitter_part", layers.RandomColorJitter(contrast_factor=(-0.3, 0.3)), wide)
mixing = {"mix_weight": row(0.8, 0.3), "permutation_order": np.array([1, 0])}
labels = np.array([[1, 0, 0], [0, 0.5, 0.5]], "float32")
layer = layers.MixUp()
add("mix_up", layer, wide, mixing, labels=numbers(labels), mixed_labels=numbers(np.asarray(layer.transform_labels(labels, mixing))))

# CutMix: from the share that stays and the places, each from 0 to 1, to the pixels and what share of them stays.
big = np.round(rng.uniform(0, 255, (3, 6, 7, 2)), 1).astype("float32")
layer = layers.CutMix()
own, places = row(0.3, 0.7, 0.96), iter([row(0.2, 0.9, 0.5), row(0.0, 0.6, 0.31)])
drawn = dict(own=own, column=row(0.2, 0.9, 0.5), row=row(0.0, 0.6, 0.31))
uniform, layer.backend.random.uniform = layer.backend.random.uniform, lambda **kw: next(places)
x = layer._compute_crop_bounds(3, 7, np.sqrt(1 - own), None)
y = layer._compute_crop_bounds(3, 6, np.sqrt(1 - own), None)
layer.backend.random.uniform = uniform
masks, shares = layer._generate_batch_mask(big.shape, (*x, *y))
order = np.array([2, 0, 1])
draws = dict(permutation_order=order, batch_masks=masks, mix_weight=shares.reshape(-1))
three = np.eye(3, dtype="float32")
output = layer.transform_images(big, draws)
mixed = layer.transform_labels(three, draws)
cases.append(dict(name="cut_mix", layer="CutMix", config=dict(factor=1.0), input=numbers(big), draws=dict(plain(drawn), order=order.tolist()), output=numbers(output), shares=numbers(shares.reshape(-1)), labels=numbers(three), mixed_labels=numbers(mixed)))

# CLAHE: images of a size that the grid divides, and of one that it does not.
large = np.round(rng.uniform(0, 255, (2, 16, 12, 2)), 1).astype("float32")
large[:, 4:8, 4:8] = 60
clahe = "ContrastLimitedAdaptiveHistogramEqualization"
both("clahe", L(clahe, tile_grid_size=(4, 3)), large)
add("clahe_odd", getattr(layers, clahe)(tile_grid_size=(3, 5), clip_limit=2.5), large)
add("clahe_small", getattr(layers, clahe)(), large[:1, :5, :3].copy())
add("clahe_no_limit", getattr(layers, clahe)(tile_grid_size=(2, 2), clip_limit=0.0), large)
add("clahe_unit", getattr(layers, clahe)(tile_grid_size=(2, 2), value_range=(0, 1)), large / 255)
add("clahe_bytes", getattr(layers, clahe)(tile_grid_size=(2, 2)), large.astype("uint8"))
add("clahe_one", getattr(layers, clahe)(tile_grid_size=(2, 2)), large[1])

# RandAugment and AugMix: with a factor of 0 all that their steps do is fixed. Each step alone, then AugMix with given chains and shares.
for index, name in enumerate(layers.RandAugment._AUGMENT_LAYERS):
    layer = layers.RandAugment(factor=0, num_ops=1)
    drawn = layer.get_random_transformation(wide)
    drawn["layer_idxes"] = [index]
    add("rand_augment_" + name, layer, wide, drawn)
    cases[-1]["draws"] = name
chains = [["solarization", "auto_contrast"], [], ["equalization"]]
layer = layers.AugMix(factor=0)
drawn = layer.get_random_transformation(wide)
drawn["chain_mixing_weights"] = row(0.5, 0.2, 0.3)
drawn["weight_sample"] = np.float32(0.4)
drawn["chain_transforms"] = [[dict(layer_name=n, transformation=getattr(layer, n).get_random_transformation(wide)) for n in c] for c in chains]
add("aug_mix", layer, wide, drawn)
cases[-1]["draws"] = dict(chains=chains, weights=[0.5, 0.2, 0.3], share=0.4)

ops = []


def op(name, x, **kw):
    ops.append(dict(name=name, arguments=kw, input=numbers(x), output=numbers(np.asarray(getattr(image, name)(x, **kw)))))


for x in (unit, unit[1]):
    op("rgb_to_grayscale", x)
    op("rgb_to_grayscale", first(x), data_format="channels_first")
    op("rgb_to_hsv", x)
    op("rgb_to_hsv", first(x), data_format="channels_first")
    hsv = np.asarray(image.rgb_to_hsv(x))
    op("hsv_to_rgb", hsv)
    op("hsv_to_rgb", first(hsv), data_format="channels_first")
    op("gaussian_blur", x)
    op("gaussian_blur", first(x), data_format="channels_first", kernel_size=[5, 3], sigma=[0.7, 1.6])
    op("gaussian_blur", x, kernel_size=[2, 4], sigma=[0.7, 1.6])
op("rgb_to_grayscale", whole)
op("rgb_to_grayscale", whole[..., :1].copy())
op("rgb_to_hsv", wide)
op("rgb_to_hsv", -unit)

for what, entries in (("cases", cases), ("ops", ops)):
    for entry in entries:
        assert np.isfinite(entry["output"]["values"]).all(), entry["name"]
text = ",\n".join(f'"{k}": [\n' + ",\n".join(json.dumps(e) for e in v) + "\n]" for k, v in (("cases", cases), ("ops", ops)))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "colors.json"), "w") as f:
    f.write('{\n"keras": "%s",\n%s\n}\n' % (keras.__version__, text))
print(len(cases), len(ops))
