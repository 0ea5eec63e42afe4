module Distillation.Keras.FSharp.Tests.ConstructionTests

open NUnit.Framework

[<Test>]
let ``starts`` () = Assert.That(1 + 1, Is.EqualTo 2)
