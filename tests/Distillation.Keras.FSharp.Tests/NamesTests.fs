/// Named arguments are spelt as in C#.
module Distillation.Keras.FSharp.Tests.NamesTests

open System.Reflection
open NUnit.Framework
open Distillation.Keras
open Distillation.Keras.Layers

/// What F# takes in backticks alone, and is no word of C#.
let private reserved =
    set
        [ "and"; "assert"; "begin"; "component"; "constraint"; "done"; "downcast"; "downto"; "elif"; "end"; "exception"
          "fun"; "function"; "global"; "include"; "inherit"; "inline"; "lazy"; "let"; "match"; "member"; "mixin"; "module"
          "mutable"; "of"; "open"; "or"; "parallel"; "process"; "pure"; "rec"; "select"; "sig"; "tailcall"; "then"; "to"
          "trait"; "type"; "upcast"; "use"; "val"; "with" ]

/// Keras' own words.
let private kept =
    [ "AddWeight(constraint)"; "Variable(constraint)"; "Lambda(function)"; "ActivationFunction(function)"
      "Serialize(constraint)"; "serialize(constraint)" ]

[<Test>]
let ``parameters are no words of F#`` () =
    let flags =
        BindingFlags.Public ||| BindingFlags.NonPublic ||| BindingFlags.Instance ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly
    let found =
        [ for library in [ typeof<Dense>.Assembly; typeof<Distiller>.Assembly ] do
              for declaring in library.GetExportedTypes() do
                  let methods = [ for m in declaring.GetMethods flags -> m :> MethodBase ]
                  let constructors = [ for c in declaring.GetConstructors flags -> c :> MethodBase ]
                  for method in methods @ constructors do
                      if method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly then
                          for parameter in method.GetParameters() do
                              if reserved.Contains(string parameter.Name) then
                                  $"{(if method.IsConstructor then declaring.Name else method.Name)}({parameter.Name})" ]
    Assert.That(List.distinct found, Is.EquivalentTo kept)
