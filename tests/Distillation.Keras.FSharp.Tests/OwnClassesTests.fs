module Distillation.Keras.FSharp.Tests.OwnClassesTests

open System.Collections.Generic
open NUnit.Framework
open TorchSharp
open Distillation.Keras
open Distillation.Keras.Callbacks
open Distillation.Keras.Layers
open Distillation.Keras.Losses
open Distillation.Keras.Metrics
open Distillation.Keras.Testing
open Distillation.Keras.Training
open Distillation.Keras.FSharp.Tests.Data

/// x * scale, with one trainable scale a feature.
type Scale(factor: double) =
    inherit Layer(null)

    let mutable scale: Variable | null = null

    member _.Factor = factor

    override _.ComputeOutputShape(inputShape) = inputShape

    override this.Build(inputShape: Shape) =
        scale <- this.AddWeight("scale", Shape(inputShape.Known(-1, "Scale")), "ones")

    override _.Forward(input, _) =
        use _ = torch.NewDisposeScope()
        let result = input * (nonNull scale).Value * factor.ToScalar()
        result.MoveToOuterDisposeScope()

/// The mean of |y - p| to the power of 4.
type FourthPower() =
    inherit Loss("fourth_power")

    override _.Forward(y_true, y_pred) =
        use _ = torch.NewDisposeScope()
        let value = (y_true - y_pred).pow(4.0.ToScalar()).mean([| -1L |])
        value.MoveToOuterDisposeScope()

/// Notes the epochs that it heard of.
type Notes() =
    inherit Callback()

    member val Epochs = List<int>()

    override this.OnEpochEnd(epoch, _) = this.Epochs.Add epoch

[<Test>]
let ``a layer written in F# trains`` () =
    let layer = Scale 2.0
    let model = Sequential(Input(4), layer, Dense(3, activation = "softmax"))
    model.Compile(optimizer = "sgd", loss = "categorical_crossentropy")
    model.Fit(x, y, verbose = 0) |> ignore
    use weight = layer.GetWeights()[0]
    Assert.That(weight.ToArray<float32>() |> Array.exists (fun v -> v <> 1.0f))
    Assert.That(layer.CountParams(), Is.EqualTo 4L)

[<Test>]
let ``a loss written in F# trains, and so does a function`` () =
    let model = mlp 5
    model.Compile(optimizer = "sgd", loss = FourthPower(), metrics = [| "mse" |])
    let history = model.Fit(x, y, verbose = 0)
    Assert.That(history["loss"][0], Is.GreaterThan 0.0)
    model.Compile(optimizer = "sgd", loss = LossFunctionWrapper((fun t p -> LossFunctions.MeanAbsoluteError(t, p)), name = "mine"))
    let history = model.Fit(x, y, verbose = 0)
    Assert.That(history["loss"][0], Is.GreaterThan 0.0)

[<Test>]
let ``a metric is made of a function`` () =
    let model = mlp 5
    model.Compile(optimizer = "sgd", loss = "mse", metrics = [ MeanMetricWrapper((fun t p -> MetricFunctions.CategoricalAccuracy(t, p)),
                                                                                 name = "mine") ])
    Assert.That(model.Fit(x, y, verbose = 0).Contains "mine")

[<Test>]
let ``a callback written in F# hears of the epochs`` () =
    let model = compiled 5
    let notes = Notes()
    model.Fit(x, y, epochs = 3, verbose = 0, callbacks = [| notes |]) |> ignore
    model.Fit(x, y, epochs = 1, verbose = 0, callbacks = [ notes ]) |> ignore
    Assert.That((List.ofSeq notes.Epochs = [ 0; 1; 2; 0 ]))

[<Test>]
let ``a lambda is a layer`` () =
    let model = Sequential(Input(4), Lambda(fun t -> t.neg ()), Dense(3))
    use p = model.Predict x
    Assert.That(p.shape[1], Is.EqualTo 3L)

[<TestCase(false)>]
[<TestCase(true)>]
let ``a fit of layers and losses written in F# leaves only what they forget`` (isPlanted: bool) =
    let leak = ForgottenTensors isPlanted
    let model = Sequential(Input(4), Scale 2.0, Lambda(fun t -> leak.ForgetOne t), Dense(3, activation = "softmax"))
    model.Compile(optimizer = "sgd", loss = FourthPower())
    let fit () = model.Fit(x, y, batch_size = samples / 2, verbose = 0) |> ignore
    Assert.That(LiveTensors.LeftBy fit, Is.EqualTo(if isPlanted then 2L else 0L))

/// A layer that keeps two others by `let`.
type Bottleneck(width: int, units: int) =
    inherit Layer(null)

    let narrow = Dense(width, activation = "relu")
    let wide = [ Dense units :> Layer ]

    member _.Width = width
    member _.Units = units

    override _.Forward(input, _) = wide |> List.fold (fun t layer -> layer.Call t) (narrow.Call input)

/// A layer that keeps others by their numbers.
type Numbered(units: int) =
    inherit Layer(null)

    let parts = Map [ 1, Dense units; 2, Dense units ]

    member _.Units = units

    override _.Forward(input, _) = parts[1].Call input |> parts[2].Call

/// A model with a step of its own, which needs no targets.
type Autoencoder() =
    inherit Model()

    let layers = [ Bottleneck(2, 4) ]

    let error (batch: Batch) (step: StepContext) =
        step.Forward(batch).[0].sub(batch.X[0]).square().mean ()

    override _.Forward(input, _) = layers.Head.Call input

    override _.TrainStep(batch, step) =
        let loss = error batch step
        step.Report(batch, "error", loss)
        step.Minimize loss

    override _.TestStep(batch, step) = step.Report(batch, "error", error batch step)

[<Test>]
let ``layers that are kept by let are trained with the layer around them`` () =
    let model = Sequential(Input(4), Bottleneck(2, 3))
    Assert.That(model.CountParams(), Is.EqualTo(10L + 9L))
    Assert.That(model.TrainableWeights.Count, Is.EqualTo 4)
    model.Layers[0].Trainable <- false
    Assert.That(model.TrainableWeights, Is.Empty)
    Assert.That((model.Clone().Layers[0] :?> Bottleneck).Width, Is.EqualTo 2)

[<Test>]
let ``layers in a map by numbers are those of the layer around them`` () =
    let model = Sequential(Input(4), Numbered 3)
    Assert.That(model.TrainableWeights.Count, Is.EqualTo 4)
    Assert.That(model.CountParams(), Is.EqualTo(15L + 12L))

[<Test>]
let ``a model written in F# has a step of its own`` () =
    let model = Autoencoder()
    model.Compile(optimizer = "adam")
    let history = model.Fit(x, epochs = 20, verbose = 0)
    Assert.That(history["error"][19], Is.LessThan(history["error"][0]))
    Assert.That(model.Evaluate(x)["error"], Is.GreaterThan 0.0)

[<Test>]
let ``masks and arguments by name are given in F#`` () =
    let inputs = LayerInputs<torch.Tensor>(torch.ones (1L, 4L)).WithTraining(true)
    Assert.That(inputs.Training, Is.EqualTo true)
    Assert.That(Dense(2).CallAll(inputs).Tensors[0].shape[1], Is.EqualTo 2L)
    Assert.That(System.Action(fun () -> Dense(2).CallAll(inputs.With("state", 1.0)) |> ignore), Throws.ArgumentException)
