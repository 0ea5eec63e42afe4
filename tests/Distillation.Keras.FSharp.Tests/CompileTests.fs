module Distillation.Keras.FSharp.Tests.CompileTests

open System
open NUnit.Framework
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Losses
open Distillation.Keras.Metrics
open Distillation.Keras.Optimizers
open Distillation.Keras.FSharp.Tests.Data

let private targets = Array2D.init samples 2 (fun i j -> y[i, j])

let private lossOf (model: Sequential) (value: float) =
    use p = model.Predict x
    let errors =
        Seq.map2 (fun (a: float32) (b: float32) -> float a - float b) (p.ToArray<float32>()) (Seq.cast<float32> targets) |> Seq.toArray
    let near expected = abs (value - expected) < 1e-5
    if near (errors |> Array.averageBy (fun e -> e * e)) then "mse"
    elif near (errors |> Array.averageBy abs) then "mae"
    else "another loss"

[<Test>]
let ``every combination of names and objects compiles what it says`` () =
    let model = Sequential(Input 4, Dense(2, name = "out"))
    let wrong =
        FSharpCalls.all
        |> List.indexed
        |> List.choose (fun (i, (optimizer, loss, metrics, compile)) ->
            compile model
            let logs = model.TestOnBatch(x, targets)
            let names = logs.Keys |> Seq.filter (fun k -> k <> "loss") |> Seq.sort |> String.concat " "
            let found = $"{model.Optimizer.GetType().Name} {lossOf model logs.Loss} {names}"
            let said = $"""{optimizer} {loss} {metrics.Split ' ' |> Seq.sort |> String.concat " "}"""
            if found = said then None else Some $"call {i} says {said}, but it compiled {found}")
        |> List.truncate 5
    Assert.That(wrong, Is.Empty)

let private two () =
    let input = Input 4
    Model(input, [| Dense(3, name = "p").Apply(input); Dense(3, name = "q").Apply(input) |])

let private keys (model: Model) =
    let both = [| y; y |]
    let logs = model.TestOnBatch(x, both)
    logs.Keys |> Seq.sort |> List.ofSeq

[<Test>]
let ``several outputs have lists of lists or what is by their names`` () =
    let model = two ()
    let expected = [ "loss"; "p_loss"; "p_mae"; "q_auc"; "q_loss" ]
    model.Compile("sgd", LossSpec.Of [ "mse"; Huber() ], [ [ "mae" ] :> obj; [ AUC(name = "auc") ] ], [ 1.0; 0.5 ])
    Assert.That((keys model = expected))
    model.Compile("sgd", LossSpec.ByName(dict [ "p", "mse"; "q", "huber" ]), MetricList(dict [ "p", box "mae"; "q", AUC(name = "auc") ]),
                  LossWeights(dict [ "p", 1.0; "q", 0.5 ]))
    Assert.That((keys model = expected))
    model.Compile(optimizer = "sgd", loss = "mse", metrics = [ [ "mae" ]; [ "mse" ] ], loss_weights = [| 1.0; 0.5 |])
    Assert.That((keys model = [ "loss"; "p_loss"; "p_mae"; "q_loss"; "q_mse" ]))

[<Test>]
let ``what is no loss or metric is refused by name`` () =
    let model = two ()
    let refused (call: unit -> unit) (part: string) = Assert.That(Action call, Throws.ArgumentException.With.Message.Contains part)
    refused (fun () -> model.Compile("sgd", "mse", [ 1 ])) "found 1 (Int32)"
    refused (fun () -> model.Compile("sgd", LossSpec.Of [ "mse"; 2.0 ])) "found 2 (Double)"
    refused (fun () -> model.Compile("sgd", LossSpec.ByName [ "mse" ])) "by name"
    refused (fun () -> model.Compile("sgd", "mse", MetricList(dict [ 1, "mae" ]))) "a name (a string)"
    refused (fun () -> model.Compile("sgd", "mse", [ "no_such_metric" ])) "no_such_metric"

/// Half the rate each step.
type Halved(initial: float) =
    inherit Schedules.LearningRateSchedule()

    member _.Initial = initial

    override _.Call(step) = initial * Math.Pow(0.5, step)

[<Test>]
let ``a schedule of one's own is a rate`` () =
    let model = mlp 4
    model.Compile(SGD(Halved 0.5, momentum = 0.9), "mse", [ "accuracy" ])
    Assert.That(model.Optimizer.LearningRate, Is.EqualTo 0.5)
    model.TrainOnBatch(x, y) |> ignore
    Assert.That(model.Optimizer.LearningRate, Is.EqualTo 0.25)
    Assert.That(Adam(learning_rate = Halved 0.1).Schedule, Is.InstanceOf<Halved>())
    Assert.That(Adadelta(1).LearningRate, Is.EqualTo 1.0)

[<Test>]
let ``a list or an array of layers is a model`` () =
    let shape (model: Sequential) = model.Output.Shape[-1]
    Assert.That(shape (Sequential([ Input 4; Dense 2 ])), Is.EqualTo 2)
    Assert.That(shape (Sequential [ Input 4; Dense(3, activation = "relu"); Dense 2 ]), Is.EqualTo 2)
    Assert.That(shape (Sequential [| Input 4; Dense 2 |]), Is.EqualTo 2)
    Assert.That(shape (Sequential(Input 4, Dense 2)), Is.EqualTo 2)
    Assert.That(shape (Sequential(Input 4, Dense 3, Dropout 0.5, Dense 2)), Is.EqualTo 2)
    Assert.That(Sequential([ Input 4; Dense 2 ], name = "small", trainable = false).Name, Is.EqualTo "small")
    Assert.That(Sequential([ for width in [ 8; 4 ] -> Dense width :> Layer ]).Layers.Count, Is.EqualTo 2)
    Assert.That(Sequential([ Dense 2 ]).Layers.Count, Is.EqualTo 1)
    Assert.That(Sequential().Layers.Count, Is.EqualTo 0)
