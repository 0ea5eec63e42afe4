/// Code of docs/fsharp.md.
module Snippets.WhatConverts

open NUnit.Framework

// <snippet What converts>
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Losses
open Distillation.Keras.Metrics
open Distillation.Keras.Optimizers
open Distillation.Keras.Optimizers.Schedules
// </snippet>

[<Test>]
let ``What converts`` () =
    // <snippet What converts>
    // Layers: one after the other, or as a list. The name of a list's model is given by name.
    let model = Sequential([ Input(28, 28, 1); Conv2D(8, (3, 3), strides = (2, 2), activation = "relu"); Flatten(); Dense 3 ])
    let named = Sequential([ Input 4; Dense 2 ], name = "small")
    let other = Sequential(Input(shape = (28, 28, 1)), Flatten(), Dense(3, activation = "softmax"))

    // A tuple that is the only argument has parentheses of its own.
    let image = Sequential(Input 784, Reshape((28, 28, 1)), MaxPooling2D((2, 2)), ZeroPadding2D(((1, 0), (0, 1))))

    // Whole numbers where there may be fractions, also in tuples.
    let prepared = Sequential(Input(28, 28, 3), Rescaling(2, offset = -1), RandomBrightness(0.2, value_range = (0, 255)))

    // Names and objects, also of different classes and mixed, as lists, arrays and sequences.
    model.Compile(optimizer = SGD(0.1), loss = "mse", metrics = [| "accuracy" |])
    model.Compile(SGD(0.1), Losses.MeanSquaredError(), [ CategoricalAccuracy(); AUC() ])
    model.Compile("adam", Losses.CategoricalCrossentropy(from_logits = true), [ "accuracy"; TopKCategoricalAccuracy 2 ])
    model.Compile(Adam(CosineDecay(0.003, 100)), "mse", weighted_metrics = [ "mae" ], loss_weights = [ 0.5 ])

    // Data: .NET arrays (also jagged), NDArrays and tensors; the validation data are a tuple of any of them.
    let x = Array4D.init 8 28 28 1 (fun i h w _ -> float32 ((i + h + w) % 5) / 4.0f)
    let y = Array2D.init 8 3 (fun i j -> if i % 3 = j then 1.0f else 0.0f)
    let rows = [| for i in 0 .. 7 -> [| for j in 0 .. 2 -> y[i, j] |] |]
    let weights = [| for i in 1 .. 8 -> float i |]
    let history =
        model.Fit(
            x, rows, batch_size = 4, epochs = 2, verbose = 0,
            validation_data = (x, rows, weights),
            class_weight = dict [ 0, 1.0; 2, 10.0 ])
    // </snippet>
    Assert.That(string image.Output.Shape, Is.EqualTo "(None, 15, 15, 1)")
    Assert.That(string prepared.Outputs[0].Shape, Is.EqualTo "(None, 28, 28, 3)")
    Assert.That(history["val_mae"].Count, Is.EqualTo 2)
    Assert.That(named.Name, Is.EqualTo "small")
    Assert.That(other.CountParams(), Is.EqualTo 2355L)
