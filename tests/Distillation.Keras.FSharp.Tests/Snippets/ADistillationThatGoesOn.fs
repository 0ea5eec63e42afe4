/// Code of docs/distillation.md.
module Snippets.ADistillationThatGoesOn

open NUnit.Framework

// <snippet A distillation that goes on>
open System.Threading
open Distillation.Keras
open Distillation.Keras.Callbacks
open Distillation.Keras.Layers
open Distillation.Keras.State
// </snippet>

[<Test>]
let ``A distillation that goes on`` () =
    // <snippet A distillation that goes on>
    let data = Datasets.Digits.LoadData()
    let teacher = Sequential(Input(28, 28, 1), Flatten(), Dense(64, activation = "relu"), Dense(10, activation = "softmax"))
    teacher.Compile("adam", "categorical_crossentropy")
    teacher.Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 2) |> ignore

    // A born-again student: the state has its weights, and the seed that it was made by.
    let distiller = Distiller teacher
    let cancel = new CancellationTokenSource()
    let stop = LambdaCallback(on_epoch_end = fun _ _ -> cancel.Cancel())
    let result =
        try
            distiller.Fit(
                data.TrainX, data.TrainY, batch_size = 128, epochs = 3, callbacks = [ stop ], cancellationToken = cancel.Token)
        with :? FitCanceledException as e ->
            distiller.Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 3, callbacks = [ stop ], state = e.State)
    printfn $"""{result.History["loss"].Count}"""
    // </snippet>
    Assert.That(cancel.IsCancellationRequested)
    Assert.That(result.History["loss"].Count, Is.EqualTo 3)
    cancel.Dispose()
