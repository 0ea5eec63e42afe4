module Distillation.Keras.FSharp.Tests.DataSourceTests

open System
open NUnit.Framework
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Optimizers
open Distillation.Keras.FSharp.Tests.Data

let private size = 10

/// The small data in batches of ten, the last one smaller; in the order of the pass' seed where they are shuffled.
type Tens(?weights: float32[]) =
    inherit DataSource()

    member val Passes = ResizeArray<DataPass>()

    override this.Read pass =
        this.Passes.Add pass
        let starts = [| 0..size .. samples - 1 |]
        if pass.Shuffle then
            Random(pass.Seed).Shuffle starts
        seq {
            for first in starts do
                let last = min (first + size) samples - 1
                let inputs = x[first..last, *]
                let targets = y[first..last, *]
                match weights with
                | Some all ->
                    let own = all[first..last]
                    DataBatch(inputs, targets, own, indices = seq { int64 first .. int64 last })
                | None -> DataBatch(inputs, targets)
        }

/// The same of known length.
type Counted() =
    inherit Tens()
    override _.Batches = Nullable((samples + size - 1) / size)

let private frozen () =
    let model = mlp 5
    model.Compile(SGD 0.0, "categorical_crossentropy", [ "accuracy" ])
    model

[<Test>]
let ``a source written in F# is the data of a fit, an evaluation and a prediction`` () =
    let model = frozen ()
    let expected = model.Evaluate(x, y)
    let source = Tens()
    let history = model.Fit(source, epochs = 2, verbose = 0, validation_data = ValidationData source)
    Assert.That(history["loss"][1], Is.EqualTo(expected.Loss).Within 1e-5)
    Assert.That(history["val_loss"][1], Is.EqualTo(expected.Loss).Within 1e-5)
    Assert.That(model.Evaluate(source)["accuracy"], Is.EqualTo(expected["accuracy"]).Within 1e-6)
    use whole = model.Predict x
    use parts = model.Predict source
    let difference = Seq.map2 (fun (a: float32) b -> abs (a - b)) (whole.ToArray<float32>()) (parts.ToArray<float32>()) |> Seq.max
    Assert.That(parts.shape[0], Is.EqualTo(int64 samples))
    Assert.That(difference, Is.LessThan 1e-6f)

[<Test>]
let ``a source is given where it is made, by name, and as its base class`` () =
    let model = frozen ()
    let loss = model.Evaluate(Tens()).Loss
    let same (logs: Logs) = Assert.That(logs.Loss, Is.EqualTo(loss).Within 1e-6)
    same (model.Evaluate(x = Counted()))
    let asBase: DataSource = Tens()
    same (model.Evaluate asBase)
    same (model.Evaluate(Tens() :> DataSource))
    let tens: Tens = Counted()
    same (model.Evaluate tens)
    same (model.Evaluate(DataSource.FromBatches(fun pass -> Tens().Read pass)))
    model.Fit(Counted(), verbose = 0, callbacks = [ Callbacks.TerminateOnNaN(); Callbacks.LambdaCallback() ], class_weight = dict [ 0,
                                                                                                                                    2.0 ])
    |> ignore

[<Test>]
let ``passes have a number and a seed`` () =
    let source = Tens()
    let model = frozen ()
    model.Fit(source, epochs = 2, verbose = 0) |> ignore
    // The first reading is for the shapes.
    Assert.That((List.ofSeq source.Passes |> List.map (fun p -> p.Number, p.Shuffle)) = [ 0, false; 0, true; 1, true ])
    Assert.That(source.Passes[1].Seed, Is.Not.EqualTo source.Passes[2].Seed)

[<Test>]
let ``weights of a source come into the loss`` () =
    let model = frozen ()
    let weights = [| for i in 1..samples -> float32 i |]
    let expected = model.Evaluate(x, y, sample_weight = weights).Loss
    Assert.That(model.Evaluate(Tens weights).Loss, Is.EqualTo(expected).Within 1e-4)
    Assert.That(expected, Is.Not.EqualTo(model.Evaluate(x, y).Loss).Within 1e-3)

[<Test>]
let ``a source where arrays are taken is refused`` () =
    let model = compiled 4
    let refused (because: string) (call: unit -> obj) =
        Assert.That(Action(fun () -> call () |> ignore), Throws.ArgumentException.With.Message.Contains because)
    refused "y was given beside it" (fun () -> model.Fit(Tens(), y, verbose = 0))
    refused "found a DataSource" (fun () -> model.Fit(x, Tens(), verbose = 0))
    refused "found a DataSource" (fun () -> model.TrainOnBatch(Tens()))
    refused "y was given beside it" (fun () -> Distiller(model).Fit(Tens(), y, verbose = 0))

[<Test>]
let ``a student learns from a source written in F#`` () =
    let teacher = compiled 4
    let student () =
        Utils.SetRandomSeed 1
        mlp 5
    let ofArrays = Distiller(teacher).WithStudent(student ()).WithSeed(2).Fit(x, y, batch_size = size, epochs = 2, verbose = 0,
                                                                              shuffle = false)
    let ofSource =
        Distiller(teacher).WithStudent(student ()).WithSeed(2)
            .Fit(Tens(), epochs = 2, verbose = 0, shuffle = false, validation_data = ValidationData(Tens()))
    Assert.That(ofSource.History["loss"][1], Is.EqualTo(ofArrays.History["loss"][1]).Within 1e-4)
    Assert.That(ofSource.History["val_loss"], Has.Count.EqualTo 2)
