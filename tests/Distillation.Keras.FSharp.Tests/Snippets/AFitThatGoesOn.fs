/// Code of docs/extending.md.
module Snippets.AFitThatGoesOn

open NUnit.Framework

// <snippet A fit that goes on>
open System.Threading
open Distillation.Keras
open Distillation.Keras.Callbacks
open Distillation.Keras.Layers
open Distillation.Keras.State

/// Cancels a fit after some steps.
type Budget(limit: int, cancel: CancellationTokenSource) =
    inherit Callback()

    member val Steps = 0 with get, set

    override this.OnTrainBegin _ = this.Steps <- 0

    override this.OnTrainBatchEnd(_, _) =
        this.Steps <- this.Steps + 1
        if this.Steps = limit then
            cancel.Cancel()

    override this.ExchangeState state =
        this.Steps <- int (state.Integer("steps", int64 this.Steps))
// </snippet>

[<Test>]
let ``A fit that goes on`` () =
    // <snippet A fit that goes on>
    let data = Datasets.Digits.LoadData()
    let model = Sequential(Input(28, 28, 1), Flatten(), Dense(10, activation = "softmax"))
    model.Compile("adam", "categorical_crossentropy", [ "accuracy" ])
    let cancel = new CancellationTokenSource()
    let budget = Budget(100, cancel)
    let history =
        try
            model.Fit(
                data.TrainX, data.TrainY, batch_size = 128, epochs = 3, callbacks = [ budget ], cancellationToken = cancel.Token)
        with :? FitCanceledException as e ->
            printfn $"{e.Message}"
            model.Fit(data.TrainX, data.TrainY, batch_size = 128, epochs = 3, callbacks = [ budget ], state = e.State)
    printfn $"""{history["loss"].Count} epochs, {budget.Steps} steps"""
    // </snippet>
    Assert.That(cancel.IsCancellationRequested)
    Assert.That(struct (history["loss"].Count, budget.Steps), Is.EqualTo(struct (3, 3 * 63)))
    cancel.Dispose()
