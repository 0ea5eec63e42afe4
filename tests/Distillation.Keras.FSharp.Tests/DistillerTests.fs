module Distillation.Keras.FSharp.Tests.DistillerTests

open NUnit.Framework
open Distillation.Keras
open Distillation.Keras.Metrics
open Distillation.Keras.Optimizers
open Distillation.Keras.FSharp.Tests.Data
open Distillation.Keras.FSharp.Tests.OwnClassesTests

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
