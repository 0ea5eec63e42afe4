module Distillation.Keras.FSharp.Tests.DistillerTests

open NUnit.Framework
open Distillation.Keras
open Distillation.Keras.Layers
open Distillation.Keras.Metrics
open Distillation.Keras.Optimizers
open Distillation.Keras.FSharp.Tests.Data
open Distillation.Keras.FSharp.Tests.OwnClassesTests
open Distillation.Keras.Notebook

let private teacher () =
    let model = compiled 16
    model.Fit(x, y, epochs = 3, verbose = 0) |> ignore
    model

[<Test>]
let ``one expression distils`` () =
    let teacher = teacher ()
    let student = mlp 4
    let result =
        Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(5.0)
            .WithHardLossWeight(0.1)
            .WithSeed(1)
            .Fit(x, y, epochs = 3, verbose = 0)
    Assert.That(result.History["loss"].Count, Is.EqualTo 3)
    Assert.That(result.Student, Is.SameAs student)
    let evaluation = result.Evaluate(x, y)
    Assert.That(evaluation.Samples, Is.EqualTo samples)
    Assert.That(string evaluation, Does.Contain "student")

[<Test>]
let ``a temperature may be an integer`` () =
    let distiller = Distiller(teacher ()).WithTemperature(5).WithSoftLossWeight(1)
    Assert.That(distiller.Temperature, Is.EqualTo 5.0)
    Assert.That(distiller.SoftLossWeight, Is.EqualTo 1.0)

[<Test>]
let ``everything about a fit is set in F#'s own words`` () =
    let notes = Notes()
    let result =
        Distiller(teacher ())
            .WithStudent(mlp 4)
            .WithOptimizer(Adam(0.01))
            .WithLoss("categorical_crossentropy")
            .WithMetrics(TopKCategoricalAccuracy(2, name = "top_2"), CategoricalAccuracy())
            .WithCallbacks(notes)
            .Fit(x, y, epochs = 2, batch_size = 16, verbose = 0, validation_data = (x, y), callbacks = [ notes ])
    Assert.That(result.History.Contains "val_top_2")
    Assert.That(notes.Epochs.Count, Is.EqualTo 4)

[<Test>]
let ``without labels the student learns from the teacher alone`` () =
    let distiller = Distiller(teacher ()).WithLoss(Losses.CategoricalCrossentropy(label_smoothing = 0.1)).WithOptimizer("sgd")
    let result = distiller.Fit(x, epochs = 1, verbose = 0)
    Assert.That(result.History.Contains "teacher_agreement")

let private refusal (act: unit -> unit) =
    try
        act ()
        "nothing was refused"
    with :? System.ArgumentException as refused ->
        refused.Message

let private numbers = Array2D.init samples 2 (fun i j -> x[i, j] - 2.0f * x[i, 3])

let private regression (width: int) = Sequential(Input(4), Dense(width, activation = "relu"), Dense(2))

[<Test>]
let ``a regression is distilled by its loss`` () =
    let teacher = regression 16
    teacher.Compile(Adam(0.01), "mse")
    teacher.Fit(x, numbers, epochs = 3, verbose = 0) |> ignore
    for distiller in
        [ Distiller(teacher).WithLoss("mse")
          Distiller(teacher).WithLoss(Losses.Huber(delta = 0.5))
          Distiller(teacher).WithLoss("mae", output = (teacher.Output.Name)) ] do
        let result = distiller.WithMetrics("mae").Fit(x, numbers, epochs = 2, verbose = 0)
        Assert.That(result.History.Names, Is.EquivalentTo [ "loss"; "hard_loss"; "soft_loss"; "teacher_correlation"; "mae" ])
        let evaluation = result.Evaluate(x, numbers)
        Assert.That(evaluation.IsNumeric)
        Assert.That(evaluation.StudentNumbers.MeanAbsoluteError, Is.Positive)
    let alone = Distiller(teacher).WithLoss("mse").WithStudent(regression 4).Fit(x, epochs = 1, verbose = 0)
    Assert.That(alone.History.Contains "teacher_correlation")

[<Test>]
let ``labels for numbers are refused`` () =
    let distiller = Distiller(regression 16).WithLoss("mse")
    Assert.That(refusal (fun () -> distiller.Fit(x, labels, verbose = 0) |> ignore), Does.Contain "floating-point")

[<Test>]
let ``the notebook's road measures the labels' half and weighs by class`` () =
    let teacher = teacher ()
    let softened = (mlp 4).WithSoftenedOutput(2.0)
    softened.Compile(Adam(0.01), KnowledgeDistillationLoss(2.0), [ "accuracy" ])
    let targets = DistillationTargets.From(teacher, x, y)
    let history = softened.Fit(x, targets, epochs = 1, verbose = 0, class_weight = readOnlyDict [ 0, 2.0 ])
    Assert.That(history["accuracy"][0], Is.InRange(0.0, 1.0))
    Assert.That(refusal (fun () -> softened.Compile(Adam(0.01), KnowledgeDistillationLoss(5.0))), Does.Contain "T = 2")

[<Test>]
let ``a distillation has a device`` () =
    let result = Distiller(teacher ()).WithStudent(mlp 4).WithDevice("cpu").WithSeed(1).Fit(x, y, epochs = 1, verbose = 0)
    Assert.That(result.Student.Device, Is.EqualTo Device.Cpu)
