module Distillation.Keras.FSharp.Tests.MeasuresTests

open NUnit.Framework
open Distillation.Keras.Objectives
open Distillation.Keras.Schedules
open Distillation.Keras.FSharp.Tests.Data
open Distillation.Keras.Measures

[<Test>]
let ``measures take a model's predictions and arrays`` () =
    let teacher = compiled 16
    let student = mlp 4
    let agreement = Agreement.FromProbabilities(teacher.Predict x, student.Predict x)
    let calibration = Calibration.FromProbabilities(student.Predict x, labels, bins = 10)
    let test = McNemarTest.FromPredictions(teacher.Predict x, student.Predict x, labels)
    Assert.That(agreement.Samples, Is.EqualTo samples)
    Assert.That(agreement.TeacherToStudentDivergence, Is.Positive)
    Assert.That(calibration.Bins.Count, Is.EqualTo 10)
    Assert.That(calibration.Bins |> Seq.sumBy (fun bin -> bin.Count), Is.EqualTo samples)
    Assert.That(test.ExactProbability, Is.InRange(0.0, 1.0))

[<Test>]
let ``the share of the gap is a number or an array`` () =
    let baseline: float[] = [| 0.5; 0.8 |]
    let distilled: float[] = [| 0.75; 0.8 |]
    let teacher: float[] = [| 1.0; 0.9 |]
    use shares = GapClosed.Shares(baseline, distilled, teacher)
    Assert.That(GapClosed.Share(0.5, 0.75, 1.0), Is.EqualTo 0.5)
    Assert.That(shares.ToArray<float>(), Is.EqualTo<float>([| 0.5; 0.0 |]: float[]))

[<Test>]
let ``schedules are made in one expression`` () =
    Assert.That(LinearSchedule(1.0, 4.0).ValueAt(5.0, 10.0), Is.EqualTo 2.5)
    Assert.That(LinearSchedule(initial = 1.0, final = 4.0, start = 5.0).ValueAt(5.0, 10.0), Is.EqualTo 1.0)
    Assert.That(CosineSchedule(4.0, 1.0, epochs = 2.0).ValueAt(7.0, 10.0), Is.EqualTo 1.0)
    Assert.That(WarmUpSchedule(4.0, 2.0).ValueAt(1.0, 10.0), Is.EqualTo 0.5)
    Assert.That(PiecewiseSchedule([ 3.0 ], [ 4.0; 1.0 ]).ValueAt(3.0, 10.0), Is.EqualTo 1.0)
    let objective = SoftTargets(temperature = LearntTemperature(range = 4.0))
    Assert.That(string objective.Temperature, Is.EqualTo "learnt between 1 and 5")

[<Test>]
let ``relations are given by layers' names`` () =
    let objective = RelationalKnowledgeDistillation("dense_1", "dense_2", angleWeight = 0.0, tuples = RelationalTuples.All)
    Assert.That(objective.DistanceWeight, Is.EqualTo 25.0)
    Assert.That(objective.TeacherLayer.Name, Is.EqualTo "dense_1")
