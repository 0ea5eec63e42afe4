/// Code of docs/fsharp.md.
module Snippets.WhatDoesNotConvert

open NUnit.Framework

// <snippet What does not convert>
open System
open System.Collections.Generic
open NumSharp
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Losses
open Distillation.Keras.Metrics
open Distillation.Keras.Objectives
open Distillation.Keras.Optimizers
// </snippet>

[<Test>]
let ``What does not convert`` () =
    // <snippet What does not convert>
    let model = Sequential(Input 2, Dense(2, name = "scores"))
    model.Compile("adam", "mse")

    // Data written where they are given: model.Predict(array2D [ [ 1.0f; 2.0f ] ]). They get a name first.
    let x = array2D [ [ 1.0f; 2.0f ]; [ 3.0f; 4.0f ] ]
    let weights = [| 1.0; 2.0 |]
    let scores = model.Predict x
    let logs = model.Evaluate(x, x, sample_weight = weights)

    // A slice where it is given, model.Predict(array["0:1"]), is such a value too.
    let array = np.array x
    let first = array["0:1"]
    let ofFirst = model.Predict first

    // Numbers computed where they are given: Rescaling(1.0 / 255.0), SGD(0.1 / 2.0).
    let scale = 1.0 / 255.0
    let scaled = Rescaling scale

    // An array written where it is given: Rescaling([| 0.1; 0.2 |]), PReLU(shared_axes = [| 1; 2 |]).
    let scales = [| 0.1; 0.2 |]
    let each = Rescaling scales
    let shared = PReLU(shared_axes = (1, 2))

    // Lists as data: model.Predict([ [ 1.0f; 2.0f ] ]).
    let rows = [ [ 1.0f; 2.0f ]; [ 3.0f; 4.0f ] ]
    let table = array2D rows
    let again = model.Predict table

    // Arrays for which there is no conversion, such as several of different ranks: as an Array.
    let images: System.Array = [| box x; box x |]

    // A list or an array of metrics with a name of its own, metrics = names, and one metric alone, metrics = "mae".
    let names = [ "mae"; "mse" ]
    model.Compile("adam", "mse", MetricList names)

    // A function as the loss: loss = (fun y p -> ...).
    model.Compile("adam", LossFunctionWrapper(fun y p -> y.sub(p).abs().mean [| -1L |]))

    // A function as the activation: activation = (fun t -> ...).
    let doubled = Dense(2, activation = ActivationFunction("doubled", fun t -> t.add t))

    // What is by the outputs' names: loss = dict [ ... ].
    model.Compile(
        "adam",
        LossSpec.ByName(dict [ ("scores", "mse") ]),
        MetricList(dict [ ("scores", "mae") ]),
        LossWeights(dict [ ("scores", 0.5) ]))

    // One loss for each output in a list: loss = [ "mse"; Huber() ].
    model.Compile("adam", LossSpec.Of [ Huber() ])

    // A device that is kept: let device: Device = "cpu". Given to an argument, device = "cpu" converts.
    let host = Device.Parse "cpu"
    let onHost = model.Predict(x, device = host)

    // A source of batches as validation data: validation_data = source.
    let source = DataSource.FromBatches(fun _ -> seq { DataBatch(x, x) })
    let validated = model.Fit(source, verbose = 0, validation_data = ValidationData source)

    // Class weights beside Fit: class_weight = dict [ ... ].
    let labels = array2D [ [ 1.0f; 0.0f ]; [ 0.0f; 1.0f ] ]
    let values = model.TrainOnBatch(x, labels, class_weight = ClassWeights(dict [ 0, 1.0; 1, 2.0 ]))

    // Several symbolic inputs as a list, Model([ a; b ], ...), and inputs beside other tensors. The output of an Input is such a tensor.
    let a = Input(2, name = "a")
    let b = Input(2, name = "b")
    let both = Concatenate().Apply(a, b)
    let two = Model(inputs = [| a; b |], outputs = Dense(2).Apply both)
    let three = Model(inputs = [| a.Output; b.Output |], outputs = [| both; Dense(2).Apply both |])

    // Several arrays as a list, two.Predict([ x; x ]), and by name, two.Predict(dict [ "a", x ]).
    let inputs = [| x; x |]
    let fromArrays = two.Predict inputs
    let byName = Dictionary(dict [ "a", np.array x; "b", np.array x ])
    let fromNames = two.Predict byName

    // Two arrays of .NET for a metric, accuracy.UpdateState(x, x): they convert to tensors as well as to data.
    let accuracy = CosineSimilarity()
    accuracy.UpdateState(ArrayLike.op_Implicit x, ArrayLike.op_Implicit x)

    // A layer where an objective takes a layer's name: FitNetsHint(hidden, hidden).
    let hidden = Dense(4, name = "hidden")
    let hint = FitNetsHint(LayerReference hidden, LayerReference hidden)

    // A size that is not known: Input(shape = (null, 2)).
    let steps = Input(shape = Shape [ Nullable(); Nullable 2 ])

    // One layer alone: Sequential(Dense 2), and a name by position: Sequential([ Dense 2 ], "small").
    let small = Sequential([ Dense 2 ], name = "small")

    // Taking a dataset apart: let (trainX, trainY), (testX, testY) = Datasets.Digits.LoadData().
    let struct (trainX, trainY), struct (testX, testY) = Datasets.Digits.LoadData().Deconstruct()
    // </snippet>
    Assert.That(scores.shape, Is.EqualTo<int64[]>([| 2L; 2L |]))
    Assert.That(Seq.head scaled.Scale, Is.EqualTo scale)
    Assert.That(ofFirst.shape, Is.EqualTo<int64[]>([| 1L; 2L |]))
    Assert.That(two.Predict(images).shape, Is.EqualTo<int64[]> scores.shape)
    Assert.That(doubled.Activation.Name, Is.EqualTo "doubled")
    Assert.That(again.shape, Is.EqualTo<int64[]> scores.shape)
    Assert.That(logs.Loss, Is.GreaterThanOrEqualTo 0.0)
    Assert.That(values.Loss, Is.GreaterThanOrEqualTo 0.0)
    Assert.That(onHost.shape, Is.EqualTo<int64[]> scores.shape)
    Assert.That(validated["val_loss"].Count, Is.EqualTo 1)
    Assert.That(fromArrays.ToArray<float32>(), Is.EqualTo<float32[]>(fromNames.ToArray<float32>()))
    Assert.That(three.Outputs.Count, Is.EqualTo 2)
    Assert.That(each.Scale.Count, Is.EqualTo 2)
    Assert.That(shared.SharedAxes, Is.EqualTo<int> [ 1; 2 ])
    use cosine = accuracy.Result()
    Assert.That(cosine.item<float32>(), Is.EqualTo(1.0f).Within 1e-6f)
    Assert.That(hint.Name, Is.EqualTo "fitnets_hint")
    Assert.That(string steps.Output.Shape, Is.EqualTo "(None, None, 2)")
    Assert.That(small.Layers.Count, Is.EqualTo 1)
    Assert.That(trainX.shape[0], Is.EqualTo trainY.shape[0])
    Assert.That(testX.shape[0], Is.EqualTo testY.shape[0])
