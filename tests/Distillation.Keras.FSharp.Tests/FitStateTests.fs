module Distillation.Keras.FSharp.Tests.FitStateTests

open System
open System.Threading
open NUnit.Framework
open Distillation.Keras
open Distillation.Keras.Callbacks
open Distillation.Keras.Layers
open Distillation.Keras.Optimizers
open Distillation.Keras.State
open Distillation.Keras.Training
open Distillation.Keras.FSharp.Tests.Data
open Distillation.Keras.FSharp.Tests.DataSourceTests

/// Counts the steps of all epochs, and cancels after one of them.
type CancelAfter(step: int, source: CancellationTokenSource) =
    inherit Callback()

    let mutable steps = 0

    member _.Steps = steps

    override _.OnTrainBatchEnd(_, _) =
        steps <- steps + 1
        if steps = step then
            source.Cancel()

    override _.ExchangeState state = steps <- int (state.Integer("steps", int64 steps))

let private never = 0

/// Runs a fit that is cancelled after a step, and another one that goes on; or one that is not interrupted.
let private weightsAfter (model: unit -> Model) (fit: Model -> Callback -> FitState | null -> CancellationToken -> unit) (step: int) =
    let state: FitState | null =
        use source = new CancellationTokenSource()
        let first = CancelAfter(step, source)
        try
            if step <> never then
                fit (model ()) first null source.Token
            null
        with :? FitCanceledException as canceled ->
            Assert.That(first.Steps, Is.EqualTo step)
            canceled.State
    Assert.That(isNull state, Is.EqualTo((step = never)))
    use source = new CancellationTokenSource()
    let last = CancelAfter(never, source)
    let other = model ()
    fit other last state CancellationToken.None
    last.Steps, [ for weight in other.Weights -> [ for value in weight.Value.reshape(-1L).data<float32> () -> value ] ]

let private student () : Model =
    Utils.SetRandomSeed 4
    let model = Sequential(Input 4, Dense(6, activation = "relu"), Dropout 0.5, Dense(3, activation = "softmax"))
    model.Compile("adam", "categorical_crossentropy")
    model

[<Test>]
let ``a fit that was cancelled goes on from its state`` () =
    let fit (model: Model) (callback: Callback) (state: FitState | null) (token: CancellationToken) =
        model.Fit(x, y, batch_size = 16, epochs = 3, verbose = 0, callbacks = [ callback ], state = state,
                  cancellationToken = token) |> ignore
    let whole = weightsAfter student fit never
    Assert.That(fst whole, Is.EqualTo 9)
    for step in [ 1; 3; 5 ] do
        Assert.That((weightsAfter student fit step = whole), $"interrupted after {step} steps")

[<Test>]
let ``a fit on a source goes on in the middle of a pass`` () =
    let fit (model: Model) (callback: Callback) (state: FitState | null) (token: CancellationToken) =
        model.Fit(Tens(), epochs = 2, verbose = 0, callbacks = [ callback ], state = state, cancellationToken = token) |> ignore
    Assert.That((weightsAfter student fit 7 = weightsAfter student fit never))

/// A model whose step has an optimizer of its own.
type OwnStep() =
    inherit Model()

    let layer = Dense(3, activation = "softmax")
    let optimizer = Adam 0.05

    override _.Forward(input, _) = layer.Call input

    override _.TrainStep(batch, step) =
        let loss = step.Forward(batch).[0].sub(batch.Y[0]).abs().mean ()
        step.Report(batch, "loss", loss)
        step.Minimize(loss, optimizer, layer.Weights)

    override _.ExchangeState state =
        optimizer.Build layer.Weights
        optimizer.ExchangeState(state.In "own")

[<Test>]
let ``a model of one's own hands on the state of its own optimizer`` () =
    let own () : Model =
        Utils.SetRandomSeed 4
        let model = OwnStep()
        model.Compile "sgd"
        model
    let fit (model: Model) (callback: Callback) (state: FitState | null) (token: CancellationToken) =
        model.Fit(x, y, batch_size = 16, epochs = 3, verbose = 0, callbacks = [ callback ], state = state,
                  cancellationToken = token) |> ignore
    Assert.That((weightsAfter own fit 5 = weightsAfter own fit never))

[<Test>]
let ``a distillation that was cancelled goes on from its state`` () =
    let teacher = compiled 16
    let fit (model: Model) (callback: Callback) (state: FitState | null) (token: CancellationToken) =
        Distiller(teacher)
            .WithStudent(model)
            .WithSeed(3)
            .Fit(x, labels, batch_size = 16, epochs = 2, verbose = 0, callbacks = [ callback ], state = state, cancellationToken = token)
        |> ignore
    Assert.That((weightsAfter student fit 4 = weightsAfter student fit never))

[<Test>]
let ``a state is taken apart and put together`` () =
    let model = student ()
    use source = new CancellationTokenSource()
    let state =
        try
            model.Fit(x, y, batch_size = 16, verbose = 0, callbacks = [ CancelAfter(2, source) ],
                      cancellationToken = source.Token) |> ignore
            failwith "The fit was not cancelled."
        with :? FitCanceledException as canceled ->
            canceled.State
    Assert.That(struct (state.Epoch, state.Step), Is.EqualTo(struct (0, 2)))
    let again = FitState state.Values
    Assert.That(again.Values.Count, Is.EqualTo state.Values.Count)
    Assert.That((List.ofSeq state.Values["weights/0"].Sizes = [ 4L; 6L ]))
    let other = compiled 5
    Assert.That(
        Action(fun () -> other.Fit(x, y, verbose = 0, state = again) |> ignore),
        Throws.ArgumentException.With.Message.Contains "the state is that of another one")
